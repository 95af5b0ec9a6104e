"""Tiny graphs with the operators of latent and vocoder, computed by ONNX Runtime."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import helper, numpy_helper

from voicepack.quantize.formats.convolutions import int8_nodes, quantize_convolutions
from voicepack.quantize.graphs.fast_fir import is_sped_up, speed_up_convolutions
from voicepack.quantize.metrics.waveform import snr_db
from voicepack.quantize.recipe import (
    ConvolutionFormat,
    ConvolutionRecipe,
    Coverage,
    VocoderRecipe,
)
from voicepack.quantize.vocoder import BETWEEN_CONVOLUTIONS, quantize_vocoder
from voicepack.runtime.contract import VocoderTensor
from voicepack.targets.session import Array

INT8 = ConvolutionFormat.INT8
FP32 = ConvolutionFormat.FP32
WIDTH = 16
RATE = 2


def vocoder_model(width: int = WIDTH) -> onnx.ModelProto:
    """A vocoder of one stage: input, upsampler, one residual pair, output."""
    random = np.random.default_rng(0)
    weights: dict[str, Array] = {"height": np.array([2])}
    nodes: list[onnx.NodeProto] = []

    def add(kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def convolve(source: str, name: str, shape: tuple[int, ...], **attributes: Any) -> str:
        kind = "ConvTranspose" if name.startswith("upsamplers") else "Conv"
        num_outputs = shape[1] if kind == "ConvTranspose" else shape[0]
        spread = np.float32(1 / np.sqrt(shape[1] * shape[3]))
        weights[f"{name}.weight"] = random.standard_normal(shape, np.float32) * spread
        weights[f"{name}.bias"] = random.standard_normal(num_outputs, np.float32) * np.float32(0.1)
        inputs = [source, f"{name}.weight", f"{name}.bias"]
        return add(kind, inputs, name, kernel_shape=[1, shape[3]], **attributes)

    around = {"pads": [0, 1, 0, 1]}
    stretched = {"pads": [0, 0, 0, 0], "strides": [1, RATE]}
    image = add("Unsqueeze", [VocoderTensor.LATENT, "height"], "image")
    voice = add("Unsqueeze", [VocoderTensor.EMBEDDING, "height"], "voice")
    hidden = convolve(image, "input", (width, 8, 1, 3), **around)
    hidden = add("Add", [hidden, convolve(voice, "condition", (width, 4, 1, 1))], "conditioned")
    hidden = add("LeakyRelu", [hidden], "relu.0", alpha=0.1)
    trunk = convolve(hidden, "upsamplers.0", (width, width, 1, 2), **stretched)
    inner = add("LeakyRelu", [trunk], "relu.1", alpha=0.1)
    inner = convolve(inner, "blocks.0.dilated.0", (width, width, 1, 3), **around)
    inner = add("LeakyRelu", [inner], "relu.2", alpha=0.1)
    inner = convolve(inner, "blocks.0.plain.0", (width, width, 1, 3), **around)
    hidden = add("LeakyRelu", [add("Add", [trunk, inner], "residual")], "relu.3", alpha=0.1)
    hidden = add("Tanh", [convolve(hidden, "output", (1, width, 1, 3), **around)], "tanh")
    add("Squeeze", [hidden, "height"], VocoderTensor.AUDIO)
    graph = helper.make_graph(
        nodes,
        "vocoder",
        [
            helper.make_tensor_value_info(VocoderTensor.LATENT, 1, [1, 8, "frames"]),
            helper.make_tensor_value_info(VocoderTensor.EMBEDDING, 1, [1, 4, 1]),
        ],
        [helper.make_tensor_value_info(VocoderTensor.AUDIO, 1, [1, 1, "samples"])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def sounds(seed: int, count: int) -> list[dict[str, Array]]:
    random = np.random.default_rng(seed)
    return [
        {
            VocoderTensor.LATENT: random.standard_normal((1, 8, 40), np.float32),
            VocoderTensor.EMBEDDING: np.ones((1, 4, 1), np.float32),
        }
        for _ in range(count)
    ]


def audio_of(model: onnx.ModelProto, inputs: dict[str, Array]) -> Array:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (audio,) = session.run([VocoderTensor.AUDIO], inputs)
    samples: Array = audio[0, 0]
    return samples


def snr_of(model: onnx.ModelProto) -> float:
    """SNR against full precision on data that was not used for calibration."""
    (unseen,) = sounds(seed=99, count=1)
    return snr_db(audio_of(vocoder_model(), unseen), audio_of(model, unseen))


def engine_kinds(model: onnx.ModelProto, path: Path) -> Counter[str]:
    """Count the kinds of nodes that ONNX Runtime makes of a graph."""
    options = ort.SessionOptions()
    options.optimized_model_filepath = str(path)
    options.log_severity_level = 3
    ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return Counter(node.op_type for node in onnx.load(path).graph.node)


def dtype_of(model: onnx.ModelProto, name: str) -> np.dtype[np.generic]:
    arrays = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    return arrays[name].dtype


def test_a_recipe_of_full_precision_changes_nothing() -> None:
    model = vocoder_model()

    same = quantize_convolutions(model, ConvolutionRecipe(), [])

    assert same.graph.node == model.graph.node


def test_full_precision_needs_no_calibration_data_but_stores_less() -> None:
    recipe = ConvolutionRecipe(ConvolutionFormat.INT8_WEIGHTS, {"output.*": ConvolutionFormat.FP16})

    stored = quantize_convolutions(vocoder_model(), recipe, iter(()))

    assert dtype_of(stored, "input.weight.int8") == np.int8
    assert dtype_of(stored, "upsamplers.0.weight.int8") == np.int8
    assert dtype_of(stored, "output.weight") == np.float32  # below the size that is worth it
    # Rounding each weight to 8 bits is 40 dB and more; five layers of it stay above 35.
    assert snr_of(stored) > 35


def test_only_the_named_weights_are_halved() -> None:
    recipe = ConvolutionRecipe(FP32, {"blocks.*.plain.*": ConvolutionFormat.FP16})

    stored = quantize_convolutions(vocoder_model(), recipe, iter(()))

    assert dtype_of(stored, "blocks.0.plain.0.weight.half") == np.float16
    assert dtype_of(stored, "blocks.0.dilated.0.weight") == np.float32


def test_int8_convolutions_stay_close_on_data_they_were_not_calibrated_on() -> None:
    recipe = ConvolutionRecipe(INT8, {"output.*": FP32})

    quantized = quantize_convolutions(vocoder_model(), recipe, iter(sounds(seed=0, count=4)))

    # Four layers of 7-bit weights and 8-bit activations, about 38 dB each.
    assert snr_of(quantized) > 28


def test_the_engine_computes_the_chosen_convolutions_in_int8_and_no_others(tmp_path: Path) -> None:
    recipe = ConvolutionRecipe(FP32, {"blocks.*": INT8})

    quantized = quantize_convolutions(vocoder_model(), recipe, sounds(seed=0, count=1))

    kinds = engine_kinds(quantized, tmp_path / "optimized.onnx")
    assert kinds["QLinearConv"] == 2
    assert kinds["Conv"] == 3
    assert kinds["ConvTranspose"] == 1


def test_the_whole_vocoder_is_int8_where_everything_is_covered(tmp_path: Path) -> None:
    recipe = VocoderRecipe(
        INT8,
        {"input.*": FP32, "output.*": FP32, "condition.*": FP32},
        coverage=Coverage.EVERYTHING,
        pixel_shuffle=True,
    )

    quantized = quantize_vocoder(vocoder_model(), recipe, sounds(seed=0, count=4))

    kinds = engine_kinds(quantized, tmp_path / "optimized.onnx")
    assert kinds["QLinearConv"] == 3
    assert kinds["QLinearAdd"] == 1
    assert kinds["ConvTranspose"] == 0
    assert snr_of(quantized) > 24


def test_a_trunk_that_begins_in_full_precision_stays_in_it() -> None:
    recipe = ConvolutionRecipe(INT8, {"upsamplers.*": FP32})

    chosen = int8_nodes(vocoder_model(), recipe, BETWEEN_CONVOLUTIONS)

    assert "residual" not in chosen
    assert "relu.1" not in chosen
    assert {"relu.2", "conditioned", "relu.0"} <= chosen


def test_narrow_convolutions_stay_in_full_precision_unless_named() -> None:
    recipe = VocoderRecipe(INT8, {"blocks.0.plain.*": INT8}, narrowest=WIDTH + 1)

    quantized = quantize_vocoder(vocoder_model(), recipe, sounds(seed=0, count=1))

    multiplied = [node.name for node in quantized.graph.node if node.name.endswith(".wide_weight")]
    assert multiplied == ["blocks.0.plain.0.wide_weight"]


@pytest.mark.parametrize("num_frames", [1, 31, 65])
def test_audio_keeps_its_length(num_frames: int) -> None:
    recipe = VocoderRecipe(INT8, pixel_shuffle=True)
    quantized = quantize_vocoder(vocoder_model(), recipe, sounds(seed=0, count=1))
    inputs = sounds(seed=1, count=1)[0]
    inputs[VocoderTensor.LATENT] = np.zeros((1, 8, num_frames), np.float32)

    assert audio_of(quantized, inputs).shape == (RATE * num_frames,)


def test_the_same_data_gives_the_same_bytes() -> None:
    recipe = VocoderRecipe(INT8, pixel_shuffle=True)

    first, second = (
        quantize_vocoder(vocoder_model(), recipe, sounds(seed=0, count=2)) for _ in range(2)
    )

    assert first.SerializeToString(deterministic=True) == second.SerializeToString(
        deterministic=True
    )


def test_a_graph_with_fast_convolutions_becomes_the_same_int8_graph() -> None:
    recipe = VocoderRecipe(INT8, pixel_shuffle=True)
    plain = vocoder_model()
    fast = speed_up_convolutions(plain, least_saved=0)

    expected, found = (
        quantize_vocoder(model, recipe, sounds(seed=0, count=2)) for model in (plain, fast)
    )

    assert is_sped_up(fast)
    assert found.SerializeToString(deterministic=True) == expected.SerializeToString(
        deterministic=True
    )


def test_fast_convolutions_stay_fast_where_weights_are_only_stored_in_half() -> None:
    fast = speed_up_convolutions(vocoder_model(width=288))
    recipe = VocoderRecipe(ConvolutionFormat.FP16)

    stored = quantize_vocoder(fast, recipe, iter(()))

    assert is_sped_up(fast)
    assert [node.domain for node in stored.graph.node if node.op_type != "Cast"] == [
        node.domain for node in fast.graph.node
    ]
    inputs = sounds(seed=1, count=1)[0]
    assert snr_db(audio_of(fast, inputs), audio_of(stored, inputs)) > 50


def test_a_layer_that_saw_only_silence_can_be_loaded_and_is_silent() -> None:
    silent = sounds(seed=0, count=1)
    silent[0] = {name: np.zeros_like(array) for name, array in silent[0].items()}
    model = vocoder_model()
    for initializer in model.graph.initializer:
        if initializer.name.endswith(".bias"):
            zeros = np.zeros(initializer.dims, np.float32)
            initializer.CopyFrom(numpy_helper.from_array(zeros, initializer.name))

    quantized = quantize_vocoder(model, VocoderRecipe(INT8), silent)

    np.testing.assert_array_equal(audio_of(quantized, silent[0]), 0)
