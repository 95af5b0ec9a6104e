"""Turns what a graph returns and takes again into a state that OpenVINO keeps by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voicepack.targets.openvino_attention import fit_attention

if TYPE_CHECKING:
    import openvino

PAST, PRESENT = "past_", "present_"
ORDER = "order"
"""Input that `keep_state` adds. int32, (1,): which sequence goes on; there is only number 0."""


def keep_state(model: openvino.Model) -> bool:
    """Make every pair of an input `past_*` and an output `present_*` a state, empty at first.

    A state is written in place, by a fused operator, only where the past is reordered before the
    new is appended, as searches with several beams do. So an order is added that changes nothing.

    Args:
        model: Changed in place.

    Returns:
        Whether there is such a pair.
    """
    from openvino import opset13
    from openvino.passes import MakeStateful, Manager

    pairs = _pairs(model)
    if not pairs:
        return False
    fit_attention(model)
    manager = Manager()
    manager.register_pass(MakeStateful(pairs))
    manager.run_passes(model)
    order = opset13.parameter([1], np.int32, name=ORDER)
    order.output(0).set_names({ORDER})
    for past in [node for node in model.get_ops() if node.get_type_name() == "ReadValue"]:
        readers = past.output(0).get_target_inputs()
        past.set_arguments([opset13.constant(_nothing(past))])
        ordered = opset13.gather(past, order, opset13.constant(0))
        for reader in readers:
            reader.replace_source_output(ordered.output(0))
    model.add_parameters([order])
    model.validate_nodes_and_infer_types()
    return True


def _pairs(model: openvino.Model) -> dict[str, str]:
    inputs = {name for port in model.inputs for name in port.get_names()}
    outputs = {name for port in model.outputs for name in port.get_names()}
    twins = {past: PRESENT + past.removeprefix(PAST) for past in inputs if past.startswith(PAST)}
    return {past: present for past, present in sorted(twins.items()) if present in outputs}


def _nothing(past: openvino.Node) -> np.ndarray:
    """Make a state of no positions: a size that is known only when the graph runs is 0."""
    sizes = past.get_output_partial_shape(0)
    known = [0 if size.is_dynamic else size.get_length() for size in sizes]
    return np.zeros(known, past.get_output_element_type(0).to_dtype())
