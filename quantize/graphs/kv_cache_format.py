"""Turns the key/value cache of a shared-buffer text2semantic graph into INT8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper

from voicepack.quantize.errors import RecipeError
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.runtime.contract import Text2SemanticTensor as Tensors
from voicepack.runtime.phones import FloatArray

LARGEST = 127
HEADROOM = 1.5
"""Over the largest magnitude on calibration data. A key that is cut off costs far more than a
coarser step: after two sentences of calibration, KL 6e-3 without headroom and 1e-4 with it."""


@dataclass(frozen=True)
class CacheRange:
    """The largest magnitudes of a layer's keys and values, float32, (heads, head_size)."""

    keys: FloatArray
    values: FloatArray


def use_int8_cache(model: onnx.ModelProto, ranges: Mapping[int, CacheRange]) -> onnx.ModelProto:
    """Return the graph with an INT8 cache, one scale for each channel of each head.

    GroupQueryAttention is three to four times slower on an INT8 cache than on its own float32
    input when there are many rows at once. So the branch that starts a sentence attends in float32
    and returns the rounded new keys and values, which the host stores; the branch of later
    positions attends over the cache and writes it in place.

    Args:
        model: Shared-buffer flavour with a float32 cache; stays as it is.
        ranges: Layer -> what was seen on calibration data.

    Raises:
        RecipeError: A layer was not calibrated, or the graph has no such branches.
    """
    editor = GraphEditor(model)
    layers = [node for node in editor.nodes() if node.op_type == "If"]
    if not layers:
        raise RecipeError(
            "text2semantic attends at the start of a sentence as later on, which an int8 key/value "
            "cache does not allow: an older voicepack has exported it. Export the voice again."
        )
    if len(ranges) != len(layers):
        raise RecipeError(
            f"an int8 key/value cache needs calibrated ranges of all {len(layers)} layers, found "
            f"{len(ranges)}. Give calibration sentences, or set kv_cache to fp32."
        )
    for layer, choice in enumerate(layers):
        editor.replace([choice], [_choice(editor, choice, ranges[layer])])
    names = (Tensors.past_key, Tensors.past_value, Tensors.present_key, Tensors.present_value)
    every_cache = [name(layer) for layer in range(len(layers)) for name in names]
    editor.retype(every_cache, TensorProto.INT8)
    return editor.model()


def _choice(editor: GraphEditor, choice: onnx.NodeProto, ranges: CacheRange) -> onnx.NodeProto:
    start, step = (
        helper.get_node_attr_value(choice, name).node[0] for name in ("then_branch", "else_branch")
    )
    return helper.make_node(
        "If",
        choice.input,
        choice.output,
        name=choice.name,
        then_branch=_start(editor, start, ranges),
        else_branch=_step(editor, step, ranges),
    )


def _start(editor: GraphEditor, attention: onnx.NodeProto, ranges: CacheRange) -> onnx.GraphProto:
    """Attend among the new positions in float32; round their keys and values for the cache."""
    node = onnx.NodeProto()
    node.CopyFrom(attention)
    node.input[3:5] = ["", ""]  # no past
    at, key, value = node.output
    nodes = [node]
    for name, largest in ((key, ranges.keys), (value, ranges.values)):
        nodes += _rounding(editor, name, np.reciprocal(_scales(largest)))
    return _graph(at, nodes, [at, f"{key}.int8", f"{value}.int8"])


def _rounding(editor: GraphEditor, name: str, factors: FloatArray) -> list[onnx.NodeProto]:
    """Round as the engine does for later positions.

    QuantizeLinear knows scales along one axis only, so heads and channels are scaled before it.
    """
    factor = editor.add_weight(f"{name}.factor", factors[None, :, None, :])
    one = editor.add_weight("step_of_one", np.array(1, np.float32))
    zero = editor.add_weight("int8_zero", np.array(0, np.int8))
    return [
        helper.make_node("Mul", [name, factor], [f"{name}.steps"], name=f"{name}.steps"),
        helper.make_node(
            "QuantizeLinear", [f"{name}.steps", one, zero], [f"{name}.int8"], name=f"{name}.int8"
        ),
    ]


def _step(editor: GraphEditor, attention: onnx.NodeProto, ranges: CacheRange) -> onnx.GraphProto:
    """Attend over the cache, which the engine rounds and writes in place."""
    at, key, value = attention.output
    scales = [
        editor.add_weight(f"{name}.scale", _scales(largest).reshape(-1))
        for name, largest in ((key, ranges.keys), (value, ranges.values))
    ]
    node = helper.make_node(
        attention.op_type,
        [*attention.input, "", *scales],
        attention.output,
        name=attention.name,
        domain=attention.domain,
        k_quant_type="PER_CHANNEL",
        v_quant_type="PER_CHANNEL",
        kv_cache_bit_width=8,
        causal=0,  # one position sees all either way; of these kernels the causal ones are slower
    )
    node.attribute.extend(each for each in attention.attribute if each.name != "causal")
    return _graph(at, [node], list(attention.output))


def _graph(name: str, nodes: list[onnx.NodeProto], outputs: list[str]) -> onnx.GraphProto:
    kinds = (TensorProto.FLOAT, TensorProto.INT8, TensorProto.INT8)
    return helper.make_graph(
        nodes,
        name,
        [],
        [
            helper.make_tensor_value_info(output, kind, None)
            for output, kind in zip(outputs, kinds, strict=True)
        ],
    )


def _scales(largest: FloatArray) -> FloatArray:
    scales: FloatArray = np.maximum(largest * (HEADROOM / LARGEST), np.finfo(np.float32).tiny)
    return scales.astype(np.float32)
