"""Finds the matrix multiplications of a graph: a weight, and a bias where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import onnx

from voicepack.quantize.graphs.graph_editor import GraphEditor


@dataclass(frozen=True)
class Linear:
    """One multiplication by a constant matrix."""

    source: str
    """Tensor that is multiplied, (..., inputs)."""
    weight: str
    """Initializer, (inputs, outputs)."""
    bias: str
    """Initializer, (outputs,), or "" without one."""
    result: str
    """Tensor that comes out, bias added."""
    nodes: tuple[onnx.NodeProto, ...]
    """The MatMul and, with a bias, the Add."""


def find_linear(editor: GraphEditor) -> Iterator[Linear]:
    """Find every MatMul by an initializer of two dimensions."""
    biases = {
        node.input[0]: node
        for node in editor.nodes()
        if node.op_type == "Add" and editor.is_weight(node.input[1])
    }
    for node in editor.nodes():
        if node.op_type != "MatMul" or not editor.is_weight(node.input[1]):
            continue
        source, weight = node.input
        if len(editor.shape(weight)) != 2:
            continue
        product = node.output[0]
        added = None if editor.is_shared(product) else biases.get(product)
        if added is None:
            yield Linear(source, weight, "", product, (node,))
        else:
            yield Linear(source, weight, added.input[1], added.output[0], (node, added))
