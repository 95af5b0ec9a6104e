"""Quantizes a graph of convolutions by its recipe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

import onnx

from voicepack.quantize.calibration.observation import observe
from voicepack.quantize.calibration.ranges import choose_range
from voicepack.quantize.formats.channel_rounding import LARGEST_STORED, round_channels
from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.formats.qdq import dequantized_weight, insert_qdq, tensors_around
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.recipe import ConvolutionFormat, ConvolutionRecipe
from voicepack.targets.session import Array

CHANNEL_AXIS = {"Conv": 0, "ConvTranspose": 1}
"""Convolutions, and the axis of the output channels in their weights."""


def quantize_convolutions(
    model: onnx.ModelProto,
    recipe: ConvolutionRecipe,
    calibration: Iterable[Mapping[str, Array]],
    between: Set[str] = frozenset(),
) -> onnx.ModelProto:
    """Return the graph with every convolution in the format its recipe gives it.

    Args:
        model: Stays as it is. Its initializers hold their data.
        recipe: The format of every weight, and how ranges are chosen.
        calibration: Inputs of the graph by name, run after run; read once, and only where a
            convolution is computed in INT8.
        between: Kinds of nodes that are computed in INT8 too, where all they read is.
    """
    chosen = int8_nodes(model, recipe, between)
    if chosen:
        seen = observe(model, tensors_around(model, chosen), calibration)
        ranges = {name: choose_range(histogram, recipe) for name, histogram in seen.items()}
        model = insert_qdq(model, chosen, ranges)
    return _store_narrow(model, recipe)


def int8_nodes(
    model: onnx.ModelProto, recipe: ConvolutionRecipe, between: Set[str]
) -> frozenset[str]:
    """Name the first outputs of the nodes that are computed in INT8.

    A node between convolutions goes along only if everything it reads is in INT8 already. So a
    signal that begins in full precision stays so, up to the next convolution.
    """
    weights = {each.name for each in model.graph.initializer}
    chosen: set[str] = set()
    for node in model.graph.node:
        if node.op_type == "Conv":
            weight = node.input[1]
            fits = weight in weights and recipe.format_of(weight) is ConvolutionFormat.INT8
        else:
            read = set(node.input) - weights
            fits = node.op_type in between and read <= chosen
        if fits:
            chosen.add(node.output[0])
    return frozenset(chosen)


def _store_narrow(model: onnx.ModelProto, recipe: ConvolutionRecipe) -> onnx.ModelProto:
    """Narrow the weights of the convolutions that are computed in full precision."""
    editor = GraphEditor(model)
    halved = set()
    for node in list(editor.nodes()):
        if node.op_type not in CHANNEL_AXIS or not editor.is_weight(node.input[1]):
            continue
        form = recipe.format_of(node.input[1])
        if form is ConvolutionFormat.FP16:
            halved.add(node.input[1])
        elif form is not ConvolutionFormat.FP32:
            editor.replace([node], _with_int8_weight(editor, node))
    return store_as_half(editor.model(), halved)


def _with_int8_weight(editor: GraphEditor, node: onnx.NodeProto) -> list[onnx.NodeProto]:
    """Make a convolution whose weight is widened just before it runs."""
    weight, widened = node.input[1], f"{node.output[0]}.wide_weight"
    axis = CHANNEL_AXIS[node.op_type]
    rounded = round_channels(editor.weight(weight), axis, LARGEST_STORED)
    convolution = onnx.NodeProto()
    convolution.CopyFrom(node)
    convolution.input[1] = widened
    return [dequantized_weight(editor, weight, rounded, widened), convolution]
