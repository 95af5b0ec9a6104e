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
    node: onnx.NodeProto


def find_linear(editor: GraphEditor) -> Iterator[Linear]:
    """Find every multiplication by an initializer of two dimensions, as `GraphBuilder` makes it.

    That is a MatMul, or with a bias a Gemm that neither turns nor scales anything.
    """
    for node in editor.nodes():
        if node.op_type not in ("Gemm", "MatMul") or node.attribute:
            continue
        source, weight, *bias = node.input
        if editor.is_weight(weight) and len(editor.shape(weight)) == 2:
            yield Linear(source, weight, bias[0] if bias else "", node.output[0], node)
