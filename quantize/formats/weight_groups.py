"""The weights of a graph that a recipe gives formats to, and the groups they form."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import onnx

from voicepack.quantize.errors import RecipeError
from voicepack.quantize.graphs.fast_fir import plain_convolutions
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.recipe import (
    ConvolutionFormat,
    ConvolutionRecipe,
    MatmulRecipe,
    WeightFormat,
)
from voicepack.runtime.contract import GraphRole, Precision

Format = WeightFormat | ConvolutionFormat
PURE = 0.9
"""Share of the weights in one precision from which a graph is called by it."""


@dataclass(frozen=True)
class Weight:
    """A weight that a recipe gives a format to."""

    name: str
    size: int
    """Numbers in it."""
    rate: int
    """Positions it is multiplied at for each position of the graph's input."""


@dataclass(frozen=True)
class WeightGroup:
    """Weights that are quantized together."""

    name: str
    """Such as "blocks.3.fc2", "flow.steps.0" or "stage 1"."""
    role: GraphRole
    patterns: tuple[str, ...]
    """They name the weights in a recipe."""
    size: int
    """Numbers in them."""
    work: int
    """Multiplications for each position of the graph's input."""


def find_weights(model: onnx.ModelProto, role: GraphRole) -> list[Weight]:
    """List the weights of a graph in the order it uses them.

    Args:
        model: As exported. Its initializers need not hold their data.
        role: Which graph it is.
    """
    if role is GraphRole.TEXT2SEMANTIC:
        return list(_matrices(GraphEditor(model)))
    return list(_convolution_weights(GraphEditor(plain_convolutions(model))))


def _matrices(editor: GraphEditor) -> Iterator[Weight]:
    for node in editor.nodes():
        if node.op_type in ("Gemm", "MatMul", "Conv") and editor.is_weight(node.input[1]):
            yield _weight(editor, node.input[1], 1)


def _convolution_weights(editor: GraphEditor) -> Iterator[Weight]:
    rate = 1
    for node in editor.nodes():
        if node.op_type in ("Conv", "ConvTranspose") and editor.is_weight(node.input[1]):
            yield _weight(editor, node.input[1], rate)
        if node.op_type == "ConvTranspose":
            rate *= next(math.prod(each.ints) for each in node.attribute if each.name == "strides")


def _weight(editor: GraphEditor, name: str, rate: int) -> Weight:
    return Weight(name, math.prod(editor.shape(name)), rate)


def group_weights(weights: list[Weight], role: GraphRole) -> tuple[WeightGroup, ...]:
    """Put weights together: each matrix of text2semantic, each part of latent, each vocoder stage.

    A vocoder stage is an upsampler and the residual blocks behind it.
    """
    members: dict[str, list[Weight]] = {}
    num_stages = _count(weights, "upsamplers")
    blocks_per_stage = _count(weights, "blocks") // max(num_stages, 1)
    for weight in weights:
        group = _group_name(weight.name, role, blocks_per_stage)
        members.setdefault(group, []).append(weight)
    return tuple(
        WeightGroup(
            name=name,
            role=role,
            patterns=tuple(dict.fromkeys(_pattern(name, weight.name) for weight in group)),
            size=sum(weight.size for weight in group),
            work=sum(weight.size * weight.rate for weight in group),
        )
        for name, group in members.items()
    )


def _count(weights: list[Weight], kind: str) -> int:
    """Count the numbers that follow a word at the start of names: upsamplers or blocks."""
    split = (weight.name.split(".") for weight in weights)
    return len({parts[1] for parts in split if parts[0] == kind})


def _group_name(weight: str, role: GraphRole, blocks_per_stage: int) -> str:
    parts = weight.split(".")
    if role is GraphRole.TEXT2SEMANTIC:
        return weight.removesuffix(".weight")
    if role is GraphRole.LATENT:
        return ".".join(parts[: 3 if parts[0] == "flow" else 2])
    if parts[0] in ("upsamplers", "blocks"):
        stage = int(parts[1]) // (blocks_per_stage if parts[0] == "blocks" else 1)
        return f"stage {stage}"
    return parts[0]


def _pattern(group: str, weight: str) -> str:
    """Name a weight as coarsely as its group allows; what a rewrite appends fits too."""
    if weight.startswith(f"{group}."):
        return f"{group}.*"
    return ".".join(weight.split(".")[:2]) + ".*"


def refuse_unused_patterns(
    recipe: MatmulRecipe | ConvolutionRecipe, weights: list[Weight], role: GraphRole
) -> None:
    """Find overrides of a recipe that no weight has the name for: they would silently do nothing.

    Raises:
        RecipeError: Names them all.
    """
    names = [weight.name for weight in weights]
    # A transposed convolution that is rewritten changes its name.
    rewritten = [f"{name}.phases" for name in names] if role is GraphRole.VOCODER else []
    unused = [
        pattern
        for pattern in recipe.overrides
        if not any(fnmatchcase(name, pattern) for name in (*names, *rewritten))
    ]
    if unused:
        raise RecipeError(
            f"{role.value}: the recipe's {', '.join(map(repr, unused))} fits no weight. The graph "
            f"has {', '.join(names[:3])}, ...: see docs/quantize.md."
        )


def precision_of(recipe: MatmulRecipe | ConvolutionRecipe, weights: list[Weight]) -> Precision:
    """Say in one word how a recipe stores the weights of a graph."""
    sizes: dict[Precision, int] = {}
    for weight in weights:
        precision = stored_as(recipe.format_of(weight.name))
        sizes[precision] = sizes.get(precision, 0) + weight.size
    largest = max(sizes, key=lambda each: sizes[each], default=Precision.FP32)
    pure = sizes.get(largest, 0) >= PURE * sum(sizes.values())
    return largest if pure else Precision.MIXED


def stored_as(form: Format) -> Precision:
    """Say how many bits a format stores. Formats are called by that first: "int8-block"."""
    return Precision(form.value.partition("-")[0])


def overrides_of(
    groups: tuple[WeightGroup, ...], formats: Mapping[str, Format]
) -> dict[str, Format]:
    """Write formats of groups as a recipe's overrides: pattern -> format.

    Args:
        groups: All groups of a graph.
        formats: Group's name -> format; the others are left out.
    """
    return {
        pattern: formats[group.name]
        for group in groups
        if group.name in formats
        for pattern in group.patterns
    }
