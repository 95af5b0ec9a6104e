"""Puts nodes between quantize and dequantize nodes, which engines fuse into INT8 kernels.

ONNX Runtime turns `dequantize -> Conv -> quantize` into QLinearConv, and so on for the other kinds,
so a result is rounded even where only full precision follows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set

import numpy as np
import onnx
from onnx import helper

from voicepack.quantize.calibration.ranges import Range
from voicepack.quantize.formats.channel_rounding import (
    LARGEST_MULTIPLIED,
    RoundedChannels,
    round_channels,
)
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.runtime.phones import FloatArray

_LARGEST_BIAS = 2.0**30
"""A bias is rounded to 32 bits with the products' scale; half of them are left for the sum."""


def tensors_around(model: onnx.ModelProto, chosen: Collection[str]) -> list[str]:
    """Name the tensors that `insert_qdq` needs the ranges of, each once, in order.

    Args:
        model: The graph.
        chosen: First outputs of the nodes to put between quantize and dequantize nodes.
    """
    weights = {each.name for each in model.graph.initializer}
    nodes = [node for node in model.graph.node if node.output[0] in chosen]
    around = [name for node in nodes for name in (*node.input, *node.output)]
    return [name for name in dict.fromkeys(around) if name and name not in weights]


def insert_qdq(
    model: onnx.ModelProto, chosen: Set[str], ranges: Mapping[str, Range]
) -> onnx.ModelProto:
    """Return the graph with some of its nodes between quantize and dequantize nodes.

    Args:
        model: Stays as it is.
        chosen: First outputs of these nodes. Convolutions among them get weights of 7 bits.
        ranges: For every tensor that `tensors_around` names.
    """
    editor = GraphEditor(model)
    rounded: set[str] = set()
    for node in list(editor.nodes()):
        if node.output[0] in chosen:
            editor.replace([node], _between(editor, node, ranges, rounded))
            rounded.update(name for name in (*node.input, *node.output) if name in ranges)
        elif not chosen.isdisjoint(node.input):
            editor.replace([node], [_reading(node, chosen)])
    return editor.model()


def dequantized_weight(
    editor: GraphEditor, weight: str, rounded: RoundedChannels, result: str
) -> onnx.NodeProto:
    """Store rounded weights, and make the node that widens them into the tensor `result`."""
    zeros = np.zeros(len(rounded.scales), np.int8)
    inputs = [
        editor.add_weight(f"{weight}.int8", rounded.codes),
        editor.add_weight(f"{weight}.scale", rounded.scales),
        editor.add_weight(f"{weight}.zero", zeros),
    ]
    return helper.make_node("DequantizeLinear", inputs, [result], name=result, axis=rounded.axis)


def _between(
    editor: GraphEditor, node: onnx.NodeProto, ranges: Mapping[str, Range], rounded: Collection[str]
) -> list[onnx.NodeProto]:
    """Make what stands in a node's place: its rounded inputs, itself, its rounded result."""
    sources = [name for name in dict.fromkeys(node.input) if name in ranges]
    unrounded = [name for name in sources if name not in rounded]
    before = [each for name in unrounded for each in _round_trip(editor, name, ranges[name])]
    inner = _reading(node, sources)
    if node.op_type == "Conv":
        parameters = _rounded_parameters(editor, node, ranges[node.input[0]])
        inner.input[1:] = [each.output[0] for each in parameters]
        before += parameters
    return [*before, inner, *_round_trip(editor, node.output[0], ranges[node.output[0]])]


def _rounded_parameters(
    editor: GraphEditor, node: onnx.NodeProto, source: Range
) -> list[onnx.NodeProto]:
    """Make the nodes that widen the weight of a convolution, and its bias if it has one."""
    weight, *biases = node.input[1:]
    values = [editor.weight(bias) for bias in biases]
    smallest = np.abs(values[0]) / (source.scale * _LARGEST_BIAS) if values else 0.0
    rounded = round_channels(editor.weight(weight), 0, LARGEST_MULTIPLIED, smallest)
    result = node.output[0]
    nodes = [dequantized_weight(editor, weight, rounded, f"{result}.wide_weight")]
    for bias, value in zip(biases, values, strict=True):
        scales = rounded.scales * source.scale
        nodes.append(_dequantized_bias(editor, f"{result}.wide_bias", bias, value, scales))
    return nodes


def _dequantized_bias(
    editor: GraphEditor, result: str, bias: str, values: FloatArray, scales: FloatArray
) -> onnx.NodeProto:
    codes = np.rint(values.astype(np.float64) / scales).astype(np.int32)
    inputs = [
        editor.add_weight(f"{result}.int32", codes),
        editor.add_weight(f"{result}.scale", scales),
        editor.add_weight(f"{result}.zero", np.zeros_like(codes)),
    ]
    return helper.make_node("DequantizeLinear", inputs, [result], name=result, axis=0)


def _round_trip(editor: GraphEditor, tensor: str, span: Range) -> list[onnx.NodeProto]:
    scale = editor.add_weight(f"{tensor}.scale", np.array(span.scale))
    zero = editor.add_weight(f"{tensor}.zero", np.array(span.zero_point))
    codes, result = f"{tensor}.codes", _twin(tensor)
    return [
        helper.make_node("QuantizeLinear", [tensor, scale, zero], [codes], name=codes),
        helper.make_node("DequantizeLinear", [codes, scale, zero], [result], name=result),
    ]


def _reading(node: onnx.NodeProto, tensors: Collection[str]) -> onnx.NodeProto:
    """Copy a node that reads the rounded twins of some tensors instead of them."""
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    copy.input[:] = [_twin(name) if name in tensors else name for name in node.input]
    return copy


def _twin(tensor: str) -> str:
    return f"{tensor}.rounded"
