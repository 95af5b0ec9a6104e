"""Stores the BERT graph of a language pack in fewer bytes."""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper

from voicepack.quantize.formats.channel_rounding import LARGEST_STORED, round_channels
from voicepack.quantize.formats.matmul_formats import quantize_matmuls
from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.recipe import MatmulRecipe, WeightFormat
from voicepack.runtime.contract import Precision

RECIPE = MatmulRecipe(WeightFormat.INT8)
"""Per-channel weights, in standard operators and without calibration. BERT reads a whole sentence
at once, which this is faster at than weights in blocks."""
PRECISIONS = (Precision.FP32, Precision.FP16, Precision.INT8)
"""Those that `quantize_bert` writes."""


def quantize_bert(model: onnx.ModelProto, precision: Precision) -> onnx.ModelProto:
    """Return the graph with its weights in another precision.

    Args:
        model: float32, as exported; stays as it is.
        precision: One of `PRECISIONS`. fp16 is for storage only.

    Raises:
        RecipeError: The graph has no float32 weights.
    """
    if precision is Precision.FP32:
        return model
    if precision is Precision.FP16:
        return store_as_half(model)
    return _round_tables(quantize_matmuls(model, RECIPE, {}))


def _round_tables(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store what rows are gathered from in 8 bits, each row with a scale of its own."""
    editor = GraphEditor(model)
    for node in editor.nodes():
        table = node.input[0] if node.op_type == "Gather" else ""
        if editor.is_weight(table) and len(editor.shape(table)) == 2:
            _use_rounded_rows(editor, node)
    return editor.model()


def _use_rounded_rows(editor: GraphEditor, gather: onnx.NodeProto) -> None:
    table, rows = gather.input
    result = gather.output[0]
    rounded = round_channels(editor.weight(table), axis=0, largest=LARGEST_STORED)
    codes = editor.add_weight(f"{table}.int8", rounded.codes)
    scales = editor.add_weight(f"{table}.scale", rounded.scales[:, None])
    editor.replace(
        [gather],
        [
            _node("Gather", [codes, rows], f"{result}.codes"),
            helper.make_node(
                "Cast", [f"{result}.codes"], [f"{result}.float"], to=TensorProto.FLOAT
            ),
            _node("Gather", [scales, rows], f"{result}.scales"),
            _node("Mul", [f"{result}.float", f"{result}.scales"], result),
        ],
    )


def _node(kind: str, inputs: list[str], output: str) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, [output], name=output)
