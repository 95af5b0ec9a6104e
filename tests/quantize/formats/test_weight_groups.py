from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from voicepack.quantize.errors import RecipeError
from voicepack.quantize.formats.weight_groups import (
    Weight,
    WeightGroup,
    find_weights,
    group_weights,
    overrides_of,
    precision_of,
    refuse_unused_patterns,
)
from voicepack.quantize.recipe import (
    ConvolutionFormat,
    MatmulRecipe,
    VocoderRecipe,
    WeightFormat,
)
from voicepack.runtime.contract import GraphRole, Precision

TOKENS, LATENT, VOCODER = GraphRole.TEXT2SEMANTIC, GraphRole.LATENT, GraphRole.VOCODER


def vocoder() -> onnx.ModelProto:
    """Two stages with strides 4 and 2, and two residual blocks in each."""
    names = {
        "input": ("Conv", (8, 3, 1, 7)),
        "upsamplers.0": ("ConvTranspose", (8, 4, 1, 8)),
        "blocks.0.plain": ("Conv", (4, 4, 1, 3)),
        "blocks.1.plain": ("Conv", (4, 4, 1, 5)),
        "upsamplers.1": ("ConvTranspose", (4, 2, 1, 4)),
        "blocks.2.plain": ("Conv", (2, 2, 1, 3)),
        "blocks.3.plain": ("Conv", (2, 2, 1, 5)),
        "output": ("Conv", (1, 2, 1, 7)),
    }
    strides = {"upsamplers.0": [1, 4], "upsamplers.1": [1, 2]}
    source, nodes = "latent", []
    for name, (kind, _) in names.items():
        nodes.append(helper.make_node(kind, [source, f"{name}.weight"], [name]))
        source = name
    for node in nodes:
        if node.op_type == "ConvTranspose":
            node.attribute.append(helper.make_attribute("strides", strides[node.output[0]]))
    weights = [
        numpy_helper.from_array(np.zeros(shape, np.float32), f"{name}.weight")
        for name, (_, shape) in names.items()
    ]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("latent", source)]
    return helper.make_model(helper.make_graph(nodes, "vocoder", ends[:1], ends[1:], weights))


def test_a_stage_of_the_vocoder_is_its_upsampler_and_the_blocks_behind_it() -> None:
    groups = group_weights(find_weights(vocoder(), VOCODER), VOCODER)
    assert [(group.name, group.patterns) for group in groups] == [
        ("input", ("input.*",)),
        ("stage 0", ("upsamplers.0.*", "blocks.0.*", "blocks.1.*")),
        ("stage 1", ("upsamplers.1.*", "blocks.2.*", "blocks.3.*")),
        ("output", ("output.*",)),
    ]


def test_work_counts_the_samples_that_upsampling_made() -> None:
    groups = {g.name: g for g in group_weights(find_weights(vocoder(), VOCODER), VOCODER)}
    # Sizes by hand: 8*4*8 = 256, then 4*4*3 + 4*4*5 = 128 at four times the rate.
    assert (groups["stage 0"].size, groups["stage 0"].work) == (256 + 128, 256 + 4 * 128)
    # 4*2*4 = 32 at rate 4, 2*2*3 + 2*2*5 = 32 at rate 8; then 2*7 = 14 at rate 8.
    assert groups["stage 1"].work == 4 * 32 + 8 * 32
    assert groups["output"].work == 8 * 14


def test_every_matrix_of_text2semantic_is_a_group() -> None:
    names = ["blocks.0.qkv.weight", "blocks.10.fc2.weight", "head.weight"]
    groups = group_weights([Weight(name, 6, 1) for name in names], TOKENS)
    assert [group.name for group in groups] == ["blocks.0.qkv", "blocks.10.fc2", "head"]
    assert groups[1].patterns == ("blocks.10.fc2.*",)


def test_latent_is_grouped_by_encoders_and_flow_steps() -> None:
    names = [
        "text_encoder.mrte.query.weight",
        "text_encoder.mrte.key.weight",
        "flow.steps.6.input.weight",
        "flow.steps.6.gates.0.weight",
    ]
    groups = group_weights([Weight(name, 6, 1) for name in names], LATENT)
    assert [(group.name, group.patterns, group.size) for group in groups] == [
        ("text_encoder.mrte", ("text_encoder.mrte.*",), 12),
        ("flow.steps.6", ("flow.steps.6.*",), 12),
    ]


def test_a_pattern_that_fits_no_weight_is_refused_by_name() -> None:
    recipe = VocoderRecipe(
        overrides={"output.*": ConvolutionFormat.FP16, "outptu.*": ConvolutionFormat.FP32}
    )
    with pytest.raises(RecipeError, match=r"vocoder.*'outptu\.\*' fits no weight.*input\.weight"):
        refuse_unused_patterns(recipe, find_weights(vocoder(), VOCODER), VOCODER)


def test_a_pattern_may_name_a_rewritten_transposed_convolution() -> None:
    recipe = VocoderRecipe(overrides={"*.phases": ConvolutionFormat.FP16})
    refuse_unused_patterns(recipe, find_weights(vocoder(), VOCODER), VOCODER)


@pytest.mark.parametrize(
    ("head", "precision"),
    [(5, Precision.INT8), (50, Precision.MIXED), (1000, Precision.FP16)],
)
def test_a_graph_is_called_by_the_precision_of_nine_tenths_of_its_weights(
    head: int, precision: Precision
) -> None:
    recipe = MatmulRecipe(WeightFormat.INT8_BLOCK, overrides={"head.*": WeightFormat.FP16})
    weights = [Weight("blocks.0.qkv.weight", 95, 1), Weight("head.weight", head, 1)]
    assert precision_of(recipe, weights) is precision


def test_formats_of_groups_become_overrides_of_the_graph_they_are_in() -> None:
    groups = (
        WeightGroup("stage 0", VOCODER, ("upsamplers.0.*", "blocks.0.*"), 1, 1),
        WeightGroup("output", VOCODER, ("output.*",), 1, 1),
    )
    formats = {"stage 0": WeightFormat.FP16, "flow.steps.0": WeightFormat.INT8}
    assert overrides_of(groups, formats) == {
        "upsamplers.0.*": WeightFormat.FP16,
        "blocks.0.*": WeightFormat.FP16,
    }
