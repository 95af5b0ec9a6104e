"""A sentence that starts layer by layer, against the float32 module and NumPy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

pytest.importorskip("torch")

import torch

from voicepack.export.text2semantic import Text2Semantic, Text2SemanticSizes
from voicepack.export.text2semantic_graph import text2semantic_graph
from voicepack.quantize.calibration.activations import CalibrationSequence
from voicepack.quantize.errors import RecipeError
from voicepack.quantize.graphs.graph import (
    relative_error,
    save_graph,
    save_without_weights,
    tensor_spec,
)
from voicepack.quantize.graphs.single_positions import for_single_positions
from voicepack.quantize.graphs.start_layer import start_layer
from voicepack.quantize.recipe import CacheFormat, Text2SemanticRecipe, WeightFormat
from voicepack.quantize.text2semantic import quantize_text2semantic
from voicepack.runtime import layered_start
from voicepack.runtime.contract import StartLayerTensor as Tensors
from voicepack.runtime.kv_cache import Decoder, make_decoder, prefill_bias
from voicepack.runtime.layered_start import NO_WEIGHTS, LayeredStart
from voicepack.runtime.manifest import Text2SemanticShape
from voicepack.runtime.onnx_weights import MappedWeights
from voicepack.runtime.phones import FloatArray
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.profile import KvCache
from voicepack.targets.session import Array, EngineOptions, Session

pytestmark = pytest.mark.torch

NUM_TEXT = 9
RECIPE = Text2SemanticRecipe(
    WeightFormat.INT8_BLOCK, 64, kv_cache=CacheFormat.INT8, layered_start=True
)
SIZES = Text2SemanticSizes(
    num_layers=3,
    num_heads=6,
    width=192,  # no power of two: three blocks of 64
    feed_forward=320,
    num_phones=20,
    vocabulary=65,
    num_features=1024,
)
SHAPE = Text2SemanticShape(SIZES.num_layers, SIZES.num_heads, SIZES.head_size, SIZES.vocabulary)


@pytest.fixture(scope="module")
def net() -> Text2Semantic:
    torch.manual_seed(0)
    return Text2Semantic(SIZES).eval().requires_grad_(False)


def rows(seed: int, length: int) -> FloatArray:
    random = np.random.default_rng(seed)
    return random.standard_normal((length, SIZES.width)).astype(np.float32)


@pytest.fixture(scope="module")
def quantized(net: Text2Semantic) -> onnx.ModelProto:
    model = text2semantic_graph(net, KvCache.SHARED_BUFFER)
    calibration = [CalibrationSequence(rows(seed, 60), NUM_TEXT) for seed in (1, 2, 3)]
    return quantize_text2semantic(model, RECIPE, calibration)


@pytest.fixture(scope="module")
def folder(quantized: onnx.ModelProto, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("layered")
    later = for_single_positions(quantized)
    save_graph(later, path / "later.onnx")
    save_without_weights(start_layer(later, SHAPE), path / "start.onnx")
    save_graph(quantized, path / "one.onnx")
    return path


def load(path: Path) -> Session:
    return engine_of(find_profile("cpu")).open(path, EngineOptions(threads=1))


@pytest.fixture(scope="module")
def layered(folder: Path) -> Decoder:
    return decoder_of(folder)


def decoder_of(folder: Path) -> Decoder:
    inputs = onnx.load(folder / "start.onnx").graph.input
    start = LayeredStart(
        load(folder / "start.onnx"),
        [tensor_spec(value) for value in inputs],
        SIZES.num_layers,
        MappedWeights(folder / "later.onnx", folder / "later.data"),
    )
    return make_decoder(KvCache.SHARED_BUFFER, load(folder / "later.onnx"), SHAPE, np.int8, start)


def expected_logits(net: Text2Semantic, hidden: FloatArray, num_text: int) -> FloatArray:
    logits: FloatArray = net(torch.from_numpy(hidden)[None], num_text).numpy()
    return logits


def test_a_sentence_stays_close_to_the_float_module(net: Text2Semantic, layered: Decoder) -> None:
    hidden = rows(seed=9, length=70)
    expected = expected_logits(net, hidden, NUM_TEXT)

    found = [layered.prefill(hidden[:40], NUM_TEXT), *map(layered.step, hidden[40:])]

    assert relative_error(np.stack(found), expected[39:]) < 0.03


def test_rows_of_seven_bits_lose_at_most_another_bit(
    net: Text2Semantic, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = rows(seed=15, length=40)
    monkeypatch.setattr(layered_start, "int8_saturates", lambda: True)

    logits = decoder_of(folder).prefill(hidden, NUM_TEXT)

    assert relative_error(logits, expected_logits(net, hidden, NUM_TEXT)[-1]) < 2 * 0.03


@pytest.mark.parametrize("num_tokens", [0, 1])
def test_a_sentence_may_start_with_few_tokens_or_none(
    net: Text2Semantic, layered: Decoder, num_tokens: int
) -> None:
    hidden = rows(seed=10, length=NUM_TEXT + num_tokens + 5)
    expected = expected_logits(net, hidden, NUM_TEXT)
    start = NUM_TEXT + num_tokens

    found = [layered.prefill(hidden[:start], NUM_TEXT), *map(layered.step, hidden[start:])]

    assert relative_error(np.stack(found), expected[start - 1 :]) < 0.03


def test_a_shorter_sentence_after_a_longer_one_starts_anew(
    net: Text2Semantic, layered: Decoder
) -> None:
    layered.prefill(rows(seed=11, length=60), NUM_TEXT)
    hidden = rows(seed=12, length=20)

    found = layered.prefill(hidden, NUM_TEXT)

    assert relative_error(found, expected_logits(net, hidden, NUM_TEXT)[-1]) < 0.03


def test_a_later_position_is_computed_as_in_the_graph_that_does_both(
    folder: Path, layered: Decoder
) -> None:
    hidden = rows(seed=13, length=30)
    both = make_decoder(KvCache.SHARED_BUFFER, load(folder / "one.onnx"), SHAPE, np.int8)

    logits = []
    for decoder in (both, layered):
        decoder.prefill(hidden[:20], NUM_TEXT)
        logits.append(np.stack([decoder.step(row) for row in hidden[20:]]))

    # They start from keys and values that were rounded apart.
    assert relative_error(logits[1], logits[0]) < 0.02


def test_a_row_of_zeros_is_no_division_by_zero(layered: Decoder) -> None:
    logits = layered.prefill(np.zeros((5, SIZES.width), np.float32), 3)
    assert np.isfinite(logits).all()


def test_the_graph_of_later_positions_has_no_branches_and_no_bias(folder: Path) -> None:
    graph = onnx.load(folder / "later.onnx").graph
    assert "If" not in {node.op_type for node in graph.node}
    names = {value.name for value in graph.input}
    assert "attention_bias" not in names
    assert {"hidden", "total_length", "last_position", "past_key.2"} < names


def test_the_graph_of_the_start_holds_no_weights(folder: Path) -> None:
    graph = onnx.load(folder / "start.onnx").graph
    assert max(np.prod(each.dims) for each in graph.initializer) <= 4
    assert not (folder / "start.data").exists()


def test_every_weight_of_a_layer_is_an_input(folder: Path) -> None:
    start, later = (onnx.load(folder / f"{name}.onnx").graph for name in ("start", "later"))
    taken = {value.name for value in start.input} - set(NO_WEIGHTS)
    prefix = Tensors.in_layer(1, "")
    held = {w.name.removeprefix(prefix) for w in later.initializer if w.name.startswith(prefix)}
    assert taken == held | {"head.weight.int8", "head.weight.scale"}


def test_products_of_another_format_are_refused(net: Text2Semantic) -> None:
    plain = replace(RECIPE, overrides={"blocks.1.fc1.weight": WeightFormat.INT8})
    model = text2semantic_graph(net, KvCache.SHARED_BUFFER)
    later = for_single_positions(
        quantize_text2semantic(model, plain, [CalibrationSequence(rows(1, 60), NUM_TEXT)])
    )
    with pytest.raises(RecipeError, match=r"blocks\.0\.qkv\.weight: has several scales"):
        start_layer(later, SHAPE)


def test_a_plain_matrix_is_refused(net: Text2Semantic) -> None:
    model = text2semantic_graph(net, KvCache.SHARED_BUFFER)
    recipe = replace(RECIPE, weights=WeightFormat.INT8)
    later = for_single_positions(
        quantize_text2semantic(model, recipe, [CalibrationSequence(rows(1, 60), NUM_TEXT)])
    )
    with pytest.raises(RecipeError, match=r"blocks\.0\.qkv\.weight: is not in int8-block"):
        start_layer(later, SHAPE)


def test_keys_and_values_of_the_first_layer_are_the_rounded_projections(
    net: Text2Semantic, folder: Path
) -> None:
    hidden = rows(seed=14, length=25)
    weights = MappedWeights(folder / "later.onnx", folder / "later.data")
    inputs = [tensor_spec(value) for value in onnx.load(folder / "start.onnx").graph.input]
    start = LayeredStart(load(folder / "start.onnx"), inputs, SIZES.num_layers, weights)

    found: list[tuple[Array, Array]] = []
    bias = prefill_bias(NUM_TEXT, len(hidden))
    start.run(hidden, NUM_TEXT, bias, lambda layer, keys, values: found.append((keys, values)))
    keys, values = found[0]

    qkv = dict(net.named_modules())["blocks.0.qkv"](torch.from_numpy(hidden)).numpy()
    scales = {
        each.name: onnx.numpy_helper.to_array(each)
        for each in onnx.load(folder / "later.onnx").graph.initializer
        if "attention.step" in each.name
    }
    for rounded, name, expected in zip(
        (keys, values), ("key", "value"), np.split(qkv, 3, axis=1)[1:], strict=True
    ):
        widened = (
            rounded[0].transpose(1, 0, 2).reshape(expected.shape)
            * scales[f"blocks.0.attention.step.{name}.scale"]
        )
        assert relative_error(widened, expected) < 0.02
