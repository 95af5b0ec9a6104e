"""Writes feed-forward layers as convolutions, which read their weights faster, and back.

A decode step multiplies one row by every matrix, so it waits for memory. ONNX Runtime's convolution
kernels for x86 get 25 GB/s out of it where its matrix kernels get 20, on the same core. A row is an
image of one pixel, its numbers are the channels, and a matrix is a kernel of one tap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import helper

from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.runtime.phones import FloatArray

KERNEL = ".kernel"
"""What a weight's name ends with in a convolution."""
PIXEL = np.array([0, 2], np.int64)
"""Axes that an image, (1, channels, 1, rows), has besides the two of a matrix."""


@dataclass(frozen=True)
class _Layer:
    """Two products with a Relu between them."""

    nodes: tuple[onnx.NodeProto, ...]
    rows: str
    """What goes in, (rows, inputs)."""
    products: tuple[onnx.NodeProto, onnx.NodeProto]
    result: str
    """What comes out, (rows, outputs)."""


def convolve_feed_forward(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return text2semantic with its feed-forward layers as convolutions.

    Args:
        model: Stays as it is. Layers whose weights are not both stored in float32 stay too.
    """
    editor = GraphEditor(model)
    pixel = editor.add_weight("pixel_axes", PIXEL)
    for layer in _layers(model, "Gemm", reach=0):
        if all(editor.is_weight(each.input[1]) for each in layer.products):
            editor.replace(layer.nodes, _convolutions(editor, layer, pixel))
    return editor.model()


def multiply_feed_forward(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return text2semantic with matrix products only: the inverse of `convolve_feed_forward`."""
    editor = GraphEditor(model)
    for layer in _layers(model, "Conv", reach=2):
        if all(editor.is_weight(each.input[1]) for each in layer.products):
            editor.replace(layer.nodes, _products(editor, layer))
    return editor.model()


def is_convolved(model: onnx.ModelProto) -> bool:
    """Tell whether there is a feed-forward layer of convolutions."""
    return any(True for _ in _layers(model, "Conv", reach=2))


def _layers(model: onnx.ModelProto, kind: str, reach: int) -> Iterator[_Layer]:
    """Find two products of a kind around a Relu, and as many nodes before and behind as reach."""
    makers = {name: node for node in model.graph.node for name in node.output}
    readers = {name: node for node in model.graph.node for name in node.input}
    for relu in model.graph.node:
        first, second = makers.get(relu.input[0]), readers.get(relu.output[0])
        if relu.op_type != "Relu" or first is None or second is None:
            continue
        if first.op_type == second.op_type == kind:
            nodes = [first, relu, second]
            for _ in range(reach):
                nodes = [makers[nodes[0].input[0]], *nodes, readers[nodes[-1].output[0]]]
            yield _Layer(tuple(nodes), nodes[0].input[0], (first, second), nodes[-1].output[0])


def _convolutions(editor: GraphEditor, layer: _Layer, pixel: str) -> list[onnx.NodeProto]:
    first, second = layer.products
    at, end = first.name, second.name
    return [
        helper.make_node("Transpose", [layer.rows], [f"{at}.columns"], perm=[1, 0]),
        helper.make_node("Unsqueeze", [f"{at}.columns", pixel], [f"{at}.image"]),
        _convolution(editor, first, f"{at}.image", f"{at}.expanded"),
        helper.make_node("Relu", [f"{at}.expanded"], [f"{at}.active"]),
        _convolution(editor, second, f"{at}.active", f"{end}.reduced"),
        helper.make_node("Squeeze", [f"{end}.reduced", pixel], [f"{end}.columns"]),
        helper.make_node("Transpose", [f"{end}.columns"], [layer.result], perm=[1, 0]),
    ]


def _convolution(
    editor: GraphEditor, product: onnx.NodeProto, source: str, result: str
) -> onnx.NodeProto:
    _, weight, bias = product.input
    matrix: FloatArray = editor.weight(weight)
    kernel = editor.add_weight(f"{weight}{KERNEL}", matrix.T[:, :, np.newaxis, np.newaxis])
    return helper.make_node("Conv", [source, kernel, bias], [result], name=product.name)


def _products(editor: GraphEditor, layer: _Layer) -> list[onnx.NodeProto]:
    first, second = layer.products
    expanded, active = f"{first.name}.expanded", f"{first.name}.active"
    return [
        _product(editor, first, layer.rows, expanded),
        helper.make_node("Relu", [expanded], [active]),
        _product(editor, second, active, layer.result),
    ]


def _product(
    editor: GraphEditor, convolution: onnx.NodeProto, source: str, result: str
) -> onnx.NodeProto:
    _, kernel, bias = convolution.input
    matrix: FloatArray = editor.weight(kernel)[:, :, 0, 0].T
    weight = editor.add_weight(kernel.removesuffix(KERNEL), matrix)
    return helper.make_node("Gemm", [source, weight, bias], [result], name=convolution.name)
