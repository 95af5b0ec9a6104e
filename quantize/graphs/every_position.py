"""Makes text2semantic compute all positions to the end, not the last one alone."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper

from voicepack.quantize.graphs.graph_editor import GraphEditor, renamed
from voicepack.runtime.contract import Text2SemanticTensor as Tensors


def for_every_position(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return text2semantic with a last layer, and logits, for each new position.

    Its logits are float32, (1, S, V), and else it is as it was.

    Args:
        model: Any flavour and precision; stays as it is.
    """
    editor = GraphEditor(model)
    picked = {
        node.output[0]: node.input[0] for node in editor.nodes() if Tensors.LAST_INDEX in node.input
    }
    batch = editor.add_weight("batch_axis", np.array([0], np.int64))
    rows = f"{Tensors.LOGITS}.rows"
    for node in editor.nodes():
        if node.output[0] in picked:
            editor.replace([node], [])
        elif picked.keys() & set(node.input) or Tensors.LOGITS in node.output:
            changed = renamed(node, picked, {Tensors.LOGITS: rows})
            answer = helper.make_node("Unsqueeze", [rows, batch], [Tensors.LOGITS])
            editor.replace([node], [changed, *([answer] if rows in changed.output else [])])
    every = editor.model()
    for value in every.graph.output:
        if value.name == Tensors.LOGITS:
            value.type.tensor_type.ClearField("shape")
    return every
