"""Text2semantic, quantized: what is recorded, what is refused, and how close it stays."""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import pytest

pytest.importorskip("torch")

import torch
from kv_cache_flavours import FLAVOURS, TARGETS

from voicepack.export.checkpoint import open_gpt
from voicepack.export.text2semantic import Text2Semantic, Text2SemanticSizes, build_text2semantic
from voicepack.export.text2semantic_graph import text2semantic_graph
from voicepack.quantize.calibration.activations import CalibrationSequence, record_activations
from voicepack.quantize.errors import RecipeError
from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.graphs.convolved_products import convolve_products
from voicepack.quantize.graphs.graph import relative_error, save_graph, tensor_spec
from voicepack.quantize.graphs.kv_cache_format import use_int8_cache
from voicepack.quantize.metrics.divergence import compare_logits
from voicepack.quantize.recipe import CacheFormat, Text2SemanticRecipe, WeightFormat
from voicepack.quantize.text2semantic import quantize_text2semantic
from voicepack.runtime.embedding import embed_phones, embed_tokens
from voicepack.runtime.kv_cache import cache_dtype, make_decoder
from voicepack.runtime.manifest import Text2SemanticShape
from voicepack.runtime.phones import FloatArray, Phones
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.profile import KvCache
from voicepack.targets.session import EngineOptions

pytestmark = pytest.mark.torch

SIZES = Text2SemanticSizes(
    num_layers=2,
    num_heads=4,
    width=64,
    feed_forward=128,
    num_phones=20,
    vocabulary=65,
    num_features=1024,
)
NUM_TEXT = 9
INT8_CACHE = Text2SemanticRecipe(kv_cache=CacheFormat.INT8)
RECIPES = {
    "int8": Text2SemanticRecipe(WeightFormat.INT8),
    "int8-block": Text2SemanticRecipe(WeightFormat.INT8_BLOCK, 64),
    "int8-block, calibrated": Text2SemanticRecipe(WeightFormat.INT8_BLOCK, 64, calibrated=True),
    "int8 and cache": Text2SemanticRecipe(WeightFormat.INT8, kv_cache=CacheFormat.INT8),
    "cache": INT8_CACHE,
}


@pytest.fixture(scope="module")
def net() -> Text2Semantic:
    torch.manual_seed(0)
    return Text2Semantic(SIZES).eval().requires_grad_(False)


def sequence(seed: int, length: int = 60) -> CalibrationSequence:
    random = np.random.default_rng(seed)
    rows = random.standard_normal((length, SIZES.width)).astype(np.float32)
    return CalibrationSequence(rows, NUM_TEXT)


CALIBRATION = [sequence(seed) for seed in (1, 2, 3)]


def decode(
    model: onnx.ModelProto,
    sizes: Text2SemanticSizes,
    flavour: KvCache,
    folder: Path,
    read: CalibrationSequence,
    num_prefill: int,
) -> FloatArray:
    """Logits after the last prefilled position and after each later one."""
    path = folder / "text2semantic.onnx"
    save_graph(model, path)
    session = engine_of(find_profile(TARGETS[flavour])).open(path, EngineOptions(threads=1))
    shape = Text2SemanticShape(sizes.num_layers, sizes.num_heads, sizes.head_size, sizes.vocabulary)
    dtype = cache_dtype(tensor_spec(value) for value in model.graph.input)
    decoder = make_decoder(flavour, session, shape, dtype)
    logits = [decoder.prefill(read.hidden[:num_prefill], read.num_text)]
    logits += [decoder.step(row) for row in read.hidden[num_prefill:]]
    return np.stack(logits)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_second_moments_and_ranges_are_those_of_the_first_layer_s_input(
    net: Text2Semantic, flavour: KvCache
) -> None:
    weights = {"blocks.0.qkv.weight"}

    seen = record_activations(text2semantic_graph(net, flavour), CALIBRATION, weights)

    rows = np.concatenate([each.hidden for each in CALIBRATION])
    assert seen.second_moments.keys() == weights
    assert relative_error(seen.second_moments["blocks.0.qkv.weight"], rows.T @ rows) < 1e-5
    named = dict(net.named_modules())
    qkv = named["blocks.0.qkv"](torch.from_numpy(rows)).numpy()
    keys, values = np.split(np.abs(qkv).max(axis=0), 3)[1:]
    assert seen.cache_ranges.keys() == {0, 1}
    assert relative_error(seen.cache_ranges[0].keys.reshape(-1), keys) < 1e-5
    assert relative_error(seen.cache_ranges[0].values.reshape(-1), values) < 1e-5


def test_the_head_is_recorded_at_every_position(net: Text2Semantic) -> None:
    model = text2semantic_graph(net, KvCache.SHARED_BUFFER)

    seen = record_activations(model, CALIBRATION, {"head.weight"})

    # A layer norm with weight 1 and bias 0 gives rows whose squares add up to the width.
    rows = sum(len(each.hidden) for each in CALIBRATION)
    assert np.trace(seen.second_moments["head.weight"]) == pytest.approx(
        rows * SIZES.width, rel=1e-3
    )


@pytest.mark.parametrize("name", RECIPES)
def test_steps_stay_close_to_the_float_module(
    net: Text2Semantic, name: str, tmp_path: Path
) -> None:
    model = text2semantic_graph(net, KvCache.SHARED_BUFFER)
    unseen = sequence(seed=9, length=100)
    expected = net(torch.from_numpy(unseen.hidden)[None], NUM_TEXT).numpy()

    quantized = quantize_text2semantic(model, RECIPES[name], CALIBRATION)

    found = decode(quantized, SIZES, KvCache.SHARED_BUFFER, tmp_path, unseen, num_prefill=30)
    assert relative_error(found, expected[29:]) < 0.03  # 30 dB, the best that 8 bits leave


def test_a_graph_of_convolutions_becomes_the_same_quantized_graph(net: Text2Semantic) -> None:
    plain = text2semantic_graph(net, KvCache.SHARED_BUFFER)
    recipe = RECIPES["int8-block, calibrated"]

    expected, found = (
        quantize_text2semantic(model, recipe, CALIBRATION)
        for model in (plain, convolve_products(plain))
    )

    weights = [
        {each.name: each.SerializeToString() for each in model.graph.initializer}
        for model in (expected, found)
    ]
    assert weights[0] == weights[1]
    kinds = [[node.op_type for node in model.graph.node] for model in (expected, found)]
    assert kinds[0] == kinds[1]


def test_products_that_stay_in_full_precision_stay_convolutions(
    net: Text2Semantic, tmp_path: Path
) -> None:
    model = convolve_products(text2semantic_graph(net, KvCache.SHARED_BUFFER))
    recipe = Text2SemanticRecipe(overrides={"blocks.1.*": WeightFormat.INT8_BLOCK}, block_size=64)
    unseen = sequence(seed=9)
    expected = net(torch.from_numpy(unseen.hidden)[None], NUM_TEXT).numpy()

    quantized = quantize_text2semantic(model, recipe, [])

    kinds = Counter(node.op_type for node in quantized.graph.node)
    assert (kinds["Conv"], kinds["MatMulNBits"]) == (1, 4)
    found = decode(quantized, SIZES, KvCache.SHARED_BUFFER, tmp_path, unseen, num_prefill=30)
    assert relative_error(found, expected[29:]) < 0.03


def test_portable_steps_in_blocks_stay_close_to_the_float_module(
    net: Text2Semantic, tmp_path: Path
) -> None:
    model = text2semantic_graph(net, KvCache.PORTABLE)
    unseen = sequence(seed=9, length=100)
    expected = net(torch.from_numpy(unseen.hidden)[None], NUM_TEXT).numpy()

    quantized = quantize_text2semantic(model, RECIPES["int8-block, calibrated"], CALIBRATION)

    found = decode(quantized, SIZES, KvCache.PORTABLE, tmp_path, unseen, num_prefill=30)
    assert relative_error(found, expected[29:]) < 0.03  # 30 dB, the best that 8 bits leave


def test_the_portable_graph_in_int8_needs_standard_operators_only(
    net: Text2Semantic, tmp_path: Path
) -> None:
    model = text2semantic_graph(net, KvCache.PORTABLE)
    unseen = sequence(seed=9)
    expected = net(torch.from_numpy(unseen.hidden)[None], NUM_TEXT).numpy()

    quantized = quantize_text2semantic(model, RECIPES["int8"], [])

    assert {node.domain for node in quantized.graph.node} == {""}
    found = decode(quantized, SIZES, KvCache.PORTABLE, tmp_path, unseen, num_prefill=30)
    assert relative_error(found, expected[29:]) < 0.03


def test_an_override_gives_one_weight_another_format(net: Text2Semantic) -> None:
    model = text2semantic_graph(net, KvCache.SHARED_BUFFER)
    recipe = Text2SemanticRecipe(
        WeightFormat.INT4_BLOCK,
        overrides={"blocks.1.*": WeightFormat.INT8, "head.weight": WeightFormat.FP16},
    )

    quantized = quantize_text2semantic(model, recipe, [])

    kinds = Counter(node.op_type for node in quantized.graph.node)
    assert kinds["MatMulNBits"] == kinds["MatMulInteger"] == 4
    assert kinds["MatMul"] == 1
    assert "head.weight.half" in {each.name for each in quantized.graph.initializer}


@pytest.mark.openvino
@pytest.mark.skipif(not find_spec("openvino"), reason="openvino is not installed")
@pytest.mark.parametrize("name", ["int8", "int8-block", "int8-block, calibrated"])
def test_steps_of_an_engine_that_keeps_keys_and_values_stay_close_too(
    net: Text2Semantic, name: str, tmp_path: Path
) -> None:
    model = text2semantic_graph(net, KvCache.STATEFUL)
    unseen = sequence(seed=9, length=100)
    expected = net(torch.from_numpy(unseen.hidden)[None], NUM_TEXT).numpy()

    quantized = quantize_text2semantic(model, RECIPES[name], CALIBRATION)

    found = decode(quantized, SIZES, KvCache.STATEFUL, tmp_path, unseen, num_prefill=30)
    assert relative_error(found, expected[29:]) < 0.03  # 30 dB, the best that 8 bits leave
    assert {node.domain for node in quantized.graph.node} == {""}


@pytest.mark.openvino
@pytest.mark.skipif(not find_spec("openvino"), reason="openvino is not installed")
@pytest.mark.parametrize("block_size", [32, 128])
def test_4_bits_in_blocks_lose_as_much_on_either_engine(
    net: Text2Semantic, block_size: int, tmp_path: Path
) -> None:
    recipe = Text2SemanticRecipe(WeightFormat.INT4_BLOCK, block_size)
    unseen = sequence(seed=9)
    expected = net(torch.from_numpy(unseen.hidden)[None], NUM_TEXT).numpy()[29:]

    errors = {}
    for flavour in (KvCache.PORTABLE, KvCache.STATEFUL):
        quantized = quantize_text2semantic(text2semantic_graph(net, flavour), recipe, [])
        found = decode(quantized, SIZES, flavour, tmp_path, unseen, num_prefill=30)
        errors[flavour] = relative_error(found, expected)

    assert errors[KvCache.STATEFUL] == pytest.approx(errors[KvCache.PORTABLE], rel=0.05)


def test_an_override_that_fits_nothing_is_refused_with_names_that_there_are(
    net: Text2Semantic,
) -> None:
    model = text2semantic_graph(net, KvCache.SHARED_BUFFER)
    recipe = Text2SemanticRecipe(overrides={"blocks.7.*": WeightFormat.INT8})

    with pytest.raises(RecipeError, match=r"'blocks\.7\.\*' fits no weight.*blocks\.0\.qkv"):
        quantize_text2semantic(model, recipe, [])


def test_a_graph_in_half_precision_is_refused(net: Text2Semantic) -> None:
    halved = store_as_half(text2semantic_graph(net, KvCache.SHARED_BUFFER))

    with pytest.raises(RecipeError, match="no float32 weight"):
        quantize_text2semantic(halved, RECIPES["int8"], [])


@pytest.mark.parametrize("block_size", [8, 48])
def test_a_block_size_that_the_engine_does_not_know_is_refused(
    net: Text2Semantic, block_size: int
) -> None:
    model = text2semantic_graph(net, KvCache.SHARED_BUFFER)
    recipe = Text2SemanticRecipe(WeightFormat.INT4_BLOCK, block_size)

    with pytest.raises(RecipeError, match=f"block_size is {block_size}"):
        quantize_text2semantic(model, recipe, [])


def test_a_calibrated_recipe_without_sentences_is_refused(net: Text2Semantic) -> None:
    model = text2semantic_graph(net, KvCache.SHARED_BUFFER)
    recipe = Text2SemanticRecipe(WeightFormat.INT4_BLOCK, calibrated=True)

    with pytest.raises(RecipeError, match=r"blocks\.0\.qkv\.weight.*calibration sentences"):
        quantize_text2semantic(model, recipe, [])


def test_an_int8_cache_without_sentences_is_refused(net: Text2Semantic) -> None:
    shared = text2semantic_graph(net, KvCache.SHARED_BUFFER)

    with pytest.raises(RecipeError, match="all 2 layers, found 0"):
        quantize_text2semantic(shared, INT8_CACHE, [])


def test_an_int8_cache_in_a_graph_without_branches_is_refused(net: Text2Semantic) -> None:
    shared = text2semantic_graph(net, KvCache.SHARED_BUFFER)
    for node in [each for each in shared.graph.node if each.op_type == "If"]:
        shared.graph.node.remove(node)

    with pytest.raises(RecipeError, match=r"older voicepack.*Export the voice again"):
        use_int8_cache(shared, {})


@pytest.mark.parametrize(
    ("flavour", "recipe", "message"),
    [
        (KvCache.PORTABLE, INT8_CACHE, "int8 key/value cache needs the shared-buffer flavour"),
        (KvCache.ON_DEVICE, RECIPES["int8-block"], r"blocks\.0\.qkv\.weight: int8-block needs"),
    ],
)
def test_what_the_engines_of_a_flavour_cannot_run_is_refused(
    net: Text2Semantic, flavour: KvCache, recipe: Text2SemanticRecipe, message: str
) -> None:
    graph = text2semantic_graph(net, flavour)

    with pytest.raises(RecipeError, match=message):
        quantize_text2semantic(graph, recipe, CALIBRATION)


@pytest.mark.parity
@pytest.mark.parametrize("case", ["short", "mid"])
@pytest.mark.parametrize(
    "recipe",
    [
        INT8_CACHE,
        Text2SemanticRecipe(WeightFormat.INT8_BLOCK, 32, True, kv_cache=CacheFormat.INT8),
        Text2SemanticRecipe(WeightFormat.INT8, kv_cache=CacheFormat.INT8),
    ],
    ids=["cache", "int8-block", "int8"],
)
def test_next_token_distributions_stay_close_to_upstream_s(
    reference_data: Path, recipe: Text2SemanticRecipe, case: str, tmp_path: Path
) -> None:
    net = build_text2semantic(open_gpt(reference_data / "v2" / "gpt-e15.ckpt"))
    read = {name: upstream_sequence(reference_data, net, name) for name in ("short", "mid")}
    other = "mid" if case == "short" else "short"
    model = text2semantic_graph(net, KvCache.SHARED_BUFFER)

    quantized = quantize_text2semantic(model, recipe, [read[other][0]])

    sequence, num_prompt, expected = read[case]
    start = sequence.num_text + num_prompt
    found = decode(quantized, net.sizes, KvCache.SHARED_BUFFER, tmp_path, sequence, start)
    divergence = compare_logits(expected[num_prompt - 1 :], found)
    # The weights are random, and with them 1 % of noise on the input alone costs 0.005; every
    # product in 8 bits adds half of that. Trained weights lose a hundredth of it.
    assert divergence.mean_kl <= 0.08
    assert divergence.top1_agreement >= 0.8


def upstream_sequence(
    folder: Path, net: Text2Semantic, case: str
) -> tuple[CalibrationSequence, int, FloatArray]:
    """What upstream read, how many tokens of it were the prompt's, and the logits it found."""
    with np.load(folder / "v2" / f"{case}.npz") as arrays:
        data = dict(arrays)
    tables = net.embedding_tables()
    text = embed_phones(tables, Phones(data["all_phones"], data["all_bert"].T))
    tokens = embed_tokens(tables, data["tf_tokens"], 0)
    hidden = np.concatenate([text, tokens])
    return CalibrationSequence(hidden, len(text)), len(data["ref_prompt_codes"]), data["tf_logits"]
