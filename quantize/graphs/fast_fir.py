"""Speeds up the long convolutions of a graph: about half the multiplications, more additions.

The graph keeps its shape: a `Conv` calls a function that the model brings along, with the same
inputs; see `fast_fir_function`. So the weights stay what they were, engines make the function's
kernels of them while they load, and `plain_convolutions` takes it all back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import onnx
from onnx import helper

from voicepack.quantize.graphs.fast_fir_function import (
    DOMAIN,
    PRODUCTS,
    TILE,
    fast_fir_function,
    num_runs,
)
from voicepack.quantize.graphs.graph_editor import GraphEditor

VERSION = 1
"""Of the functions' domain."""
LEAST_SAVED = 350
"""Multiplications for each sample of a channel that must be saved: what is added takes as long as
some 200 of them, and a graph takes longer to load. Measured with ONNX Runtime and AVX-512."""
DEFAULTS = {"strides": [1, 1], "dilations": [1, 1], "pads": [0, 0, 0, 0], "group": 1}
"""Of a `Conv` on images."""


@dataclass(frozen=True)
class _Filter:
    """A convolution that has a fast form."""

    node: onnx.NodeProto
    channels: int
    taps: int
    dilation: int

    @property
    def saved(self) -> float:
        """Multiplications that the fast form saves for each sample of a channel."""
        return self.channels * (self.taps - PRODUCTS * num_runs(self.taps) / TILE)


def speed_up_convolutions(
    model: onnx.ModelProto, least_saved: float = LEAST_SAVED
) -> onnx.ModelProto:
    """Return the graph with its long convolutions computed fast, its weights untouched.

    Args:
        model: Stays as it is. Its signals are float32, (1, channels, 1, samples).
        least_saved: Multiplications that a convolution has to save for each sample of a channel.
    """
    editor = GraphEditor(model)
    functions: dict[str, onnx.FunctionProto] = {}
    for each in _filters(editor):
        if each.saved >= least_saved:
            function = fast_fir_function(each.taps, each.dilation)
            functions[function.name] = function
            call = _renamed(each.node, function.name)
            call.domain = DOMAIN
            editor.replace([each.node], [call])
    fast = editor.model()
    if functions:
        fast.opset_import.append(helper.make_opsetid(DOMAIN, VERSION))
        fast.functions.extend(functions.values())
    return fast


def is_sped_up(model: onnx.ModelProto) -> bool:
    """Tell whether `speed_up_convolutions` found something to do."""
    return any(function.domain == DOMAIN for function in model.functions)


def plain_convolutions(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the graph with ordinary convolutions: the inverse of `speed_up_convolutions`."""
    editor = GraphEditor(model)
    for node in editor.nodes():
        if node.domain == DOMAIN:
            convolution = _renamed(node, "Conv")
            convolution.ClearField("domain")
            editor.replace([node], [convolution])
    plain = editor.model()
    opsets = [each for each in plain.opset_import if each.domain != DOMAIN]
    del plain.opset_import[:]
    plain.opset_import.extend(opsets)
    return plain


def _renamed(node: onnx.NodeProto, kind: str) -> onnx.NodeProto:
    renamed = onnx.NodeProto()
    renamed.CopyFrom(node)
    renamed.op_type = kind
    return renamed


def _filters(editor: GraphEditor) -> Iterator[_Filter]:
    """Find the convolutions with a bias whose weights are stored, in half precision perhaps."""
    widened = {node.output[0]: node.input[0] for node in editor.nodes() if node.op_type == "Cast"}
    for node in editor.nodes():
        if node.op_type != "Conv" or len(node.input) < 3:
            continue
        weight = widened.get(node.input[1], node.input[1])
        if editor.is_weight(weight) and _fits(node, editor.shape(weight)):
            channels, _, _, taps = editor.shape(weight)
            yield _Filter(node, channels, taps, dilation=_attributes(node)["dilations"][-1])


def _fits(node: onnx.NodeProto, shape: tuple[int, ...]) -> bool:
    """Tell whether a convolution is as in a residual block, and tiles cover its signal.

    That is, it keeps length and channels. The samples of a tile lie a dilation apart: were it even,
    tiles would miss every other sample.
    """
    found = _attributes(node)
    taps, dilation = shape[-1], found["dilations"][-1]
    reach = dilation * (taps - 1) // 2
    wanted = {
        "strides": [1, 1],
        "dilations": [1, dilation],
        "pads": [0, reach, 0, reach],
        "group": 1,
    }
    odd = taps % 2 == 1 and dilation % 2 == 1
    return odd and shape == (shape[0], shape[0], 1, taps) and wanted.items() <= found.items()


def _attributes(node: onnx.NodeProto) -> dict[str, Any]:
    return DEFAULTS | {each.name: helper.get_attribute_value(each) for each in node.attribute}
