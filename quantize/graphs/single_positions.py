"""Makes a shared-buffer text2semantic for later positions alone: sentences start elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

import onnx
from onnx import helper

from voicepack.quantize.graphs.graph_editor import GraphEditor, renamed


def for_single_positions(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return text2semantic without the branches that start a sentence, and what only they read.

    Args:
        model: Shared-buffer flavour, any precision; stays as it is.
    """
    editor = GraphEditor(model)
    for node in editor.nodes():
        if node.op_type == "If":
            editor.replace([node], _inlined(node))
    straight = editor.model()
    needed = _needed(straight.graph.node, {value.name for value in straight.graph.output})
    for values in (straight.graph.node, straight.graph.input, straight.graph.initializer):
        kept = [each for each in values if needed & set(_names(each))]
        del values[:]
        values.extend(kept)
    return straight


def _inlined(choice: onnx.NodeProto) -> list[onnx.NodeProto]:
    """Take the nodes of the branch of later positions; they return what the choice returned."""
    branch = helper.get_node_attr_value(choice, "else_branch")
    returned = {value.name: name for value, name in zip(branch.output, choice.output, strict=True)}
    return [renamed(node, returned, returned) for node in branch.node]


def _needed(nodes: Iterable[onnx.NodeProto], outputs: set[str]) -> set[str]:
    """Name every tensor that the outputs depend on, themselves included."""
    needed = set(outputs)
    for node in reversed(list(nodes)):
        if needed & set(node.output):
            needed |= set(node.input)
    return needed


def _names(
    value: onnx.NodeProto | onnx.ValueInfoProto | onnx.TensorProto,
) -> Iterable[str]:
    """Return the tensors that a node makes, or the one that an input or a weight is."""
    return value.output if isinstance(value, onnx.NodeProto) else [value.name]
