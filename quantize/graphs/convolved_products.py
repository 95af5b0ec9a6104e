"""Writes products as convolutions where those read their weights faster, and back.

A decode step multiplies one row by every matrix, so it waits for memory. On x86, ONNX Runtime's
convolution kernels get 25 GB/s out of it for a matrix of many inputs and few outputs, where its
matrix kernels get 20; for the other matrices they gain less than they cost while loading. A row is
an image of one pixel, its numbers are the channels, and a matrix is a kernel of one tap.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
from onnx import helper

from voicepack.quantize.graphs.graph_editor import GraphEditor

PIXEL = np.array([0, 2], np.int64)
"""Axes that an image, (1, channels, 1, rows), has besides the two of a matrix."""


def convolve_products(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return text2semantic with convolutions for the products that have more inputs than outputs.

    Their weights keep their names and become (outputs, inputs, 1, 1).

    Args:
        model: In full precision, its weights stored in half perhaps; stays as it is.
    """
    editor = GraphEditor(model)
    pixel = editor.add_weight("pixel_axes", PIXEL)
    widened = {node.output[0]: node.input[0] for node in editor.nodes() if node.op_type == "Cast"}
    for node in editor.nodes():
        if node.op_type == "Gemm" and not node.attribute:
            stored = widened.get(node.input[1], node.input[1])
            inputs, outputs = editor.shape(stored)
            if inputs > outputs:
                _turn(editor, stored)
                editor.replace([node], _convolution(node, pixel))
    return editor.model()


def multiply_again(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return text2semantic with matrix products only: the inverse of `convolve_products`."""
    if not has_convolutions(model):
        return model
    editor = GraphEditor(model)
    for nodes in _convolved(model):
        _, _, convolution, _, _ = nodes
        if editor.is_weight(convolution.input[1]):
            editor.replace(nodes, [_product(editor, nodes)])
    return editor.model()


def has_convolutions(model: onnx.ModelProto) -> bool:
    """Tell whether `convolve_products` found something to do."""
    return any(True for _ in _convolved(model))


def _convolved(model: onnx.ModelProto) -> Iterator[list[onnx.NodeProto]]:
    """Find the five nodes of each convolution: from rows to an image, the convolution, and back."""
    makers = {name: node for node in model.graph.node for name in node.output}
    readers = {name: node for node in model.graph.node for name in node.input}
    for node in model.graph.node:
        if node.op_type == "Conv":
            image, columns = makers[node.input[0]], readers[node.output[0]]
            yield [makers[image.input[0]], image, node, columns, readers[columns.output[0]]]


def _turn(editor: GraphEditor, weight: str) -> None:
    """Make a matrix, (inputs, outputs), the kernel of a convolution."""
    editor.change_weight(weight, editor.weight(weight).T[:, :, np.newaxis, np.newaxis])


def _convolution(product: onnx.NodeProto, pixel: str) -> list[onnx.NodeProto]:
    rows, weight, bias = product.input
    at = product.output[0]
    into, image, out, back = f"{at}.columns", f"{at}.image", f"{at}.pixels", f"{at}.column_sums"
    return [
        _node("Transpose", [rows], into, perm=[1, 0]),
        _node("Unsqueeze", [into, pixel], image),
        _node("Conv", [image, weight, bias], out),
        _node("Squeeze", [out, pixel], back),
        _node("Transpose", [back], at, perm=[1, 0]),
    ]


def _product(editor: GraphEditor, nodes: list[onnx.NodeProto]) -> onnx.NodeProto:
    first, _, convolution, _, last = nodes
    _, weight, bias = convolution.input
    editor.change_weight(weight, editor.weight(weight)[:, :, 0, 0].T)
    return _node("Gemm", [first.input[0], weight, bias], last.output[0])


def _node(kind: str, inputs: list[str], output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, [output], name=output, **attributes)
