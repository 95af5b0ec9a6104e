"""Quantizing the demo voice: what the new pack holds, and what is refused."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from voicepack.quantize.calibration.calibration_set import CalibrationSource
from voicepack.quantize.errors import QualityError, RecipeError
from voicepack.quantize.formats import graph_fidelity
from voicepack.quantize.graphs.graph import load_graph, save_graph
from voicepack.quantize.pipeline import (
    QuantizedPack,
    QuantizeJob,
    needs_calibration,
    quantize_pack,
)
from voicepack.quantize.recipe import (
    ConvolutionFormat,
    ConvolutionRecipe,
    Recipe,
    Text2SemanticRecipe,
    WeightFormat,
)
from voicepack.quantize.recipe_file import built_in_recipes, find_recipe
from voicepack.runtime.contract import GraphRole, Precision
from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import Manifest
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import write_pack
from voicepack.runtime.voice import Voice

pytestmark = pytest.mark.torch

SOURCE = CalibrationSource(("Turn left.", "Good morning."), "en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quantized")


@pytest.fixture(scope="module")
def pack(demo_pack: Path) -> VoicePack:
    return VoicePack.open(demo_pack)


@pytest.fixture(scope="module")
def job(pack: VoicePack, folder: Path) -> QuantizeJob:
    return QuantizeJob(pack, find_recipe("int8"), SOURCE, folder / "cache")


@pytest.fixture(scope="module")
def quantized(job: QuantizeJob, folder: Path) -> QuantizedPack:
    return quantize_pack(job, folder / "int8.voicepack")


def test_the_pack_opens_and_speaks(quantized: QuantizedPack) -> None:
    voice = Voice.load(quantized.pack.root, threads=1)
    samples = np.concatenate([chunk.samples for chunk in voice.synthesize("Turn left.")])
    assert np.isfinite(samples).all()
    assert samples.std() > 1e-3


def test_every_graph_shrinks(quantized: QuantizedPack) -> None:
    for graph in quantized.graphs:
        # Of miniature nets the file holds more structure than weights, and more narrow stages.
        assert 0.24 < graph.num_bytes / graph.full_bytes < 0.5


def test_the_manifest_says_what_became_of_the_graphs(quantized: QuantizedPack) -> None:
    manifest = VoicePack.open(quantized.pack.root).manifest
    roles = {graph.role: graph for graph in manifest.graphs}
    assert list(roles) == [
        GraphRole.TEXT2SEMANTIC,
        GraphRole.TEXT2SEMANTIC_START,
        GraphRole.LATENT,
        GraphRole.VOCODER,
    ]
    assert manifest.required_features == ("layered-start",)
    text2semantic = roles[GraphRole.TEXT2SEMANTIC]
    assert text2semantic.precision is Precision.INT8
    dtypes = {spec.name: spec.dtype for spec in text2semantic.inputs}
    assert dtypes["past_key.0"] == dtypes["past_value.0"] == "int8"
    assert manifest.quality is None


def test_provenance_names_the_baseline_and_the_recipe(
    quantized: QuantizedPack, pack: VoicePack
) -> None:
    sources = quantized.pack.manifest.provenance.sources
    baseline = hashlib.sha256((pack.root / "manifest.json").read_bytes()).hexdigest()
    assert sources["baseline"] == baseline
    assert len(sources["recipe int8"]) == 64
    assert sources.items() >= pack.manifest.provenance.sources.items()


def test_references_are_the_same_bytes(quantized: QuantizedPack, pack: VoicePack) -> None:
    for entry in pack.manifest.references:
        copied = (quantized.pack.root / entry.file).read_bytes()
        assert copied == (pack.root / entry.file).read_bytes()


def test_embedding_tables_are_stored_in_half_precision(
    quantized: QuantizedPack, pack: VoicePack
) -> None:
    with np.load(quantized.pack.root / "embeddings.npz") as arrays:
        assert arrays["token"].dtype == np.float16
    exact, rounded = pack.embeddings().token, quantized.pack.embeddings().token
    # Half precision has 11 significant bits.
    assert np.abs(rounded - exact).max() <= np.abs(exact).max() * 2**-11


def test_the_same_recipe_gives_the_same_bytes(
    quantized: QuantizedPack, job: QuantizeJob, tmp_path: Path
) -> None:
    again = quantize_pack(job, tmp_path / "again.voicepack")
    assert again.pack.manifest.files == quantized.pack.manifest.files


def test_progress_counts_sentences_and_graphs(job: QuantizeJob, tmp_path: Path) -> None:
    heard: list[tuple[int, int, str]] = []
    fresh = replace(job, cache=tmp_path / "cache", recipe=find_recipe("fp16"))
    quantize_pack(
        fresh,
        tmp_path / "fp16.voicepack",
        lambda done, total, doing: heard.append((done, total, doing)),
    )
    # A recipe that looks at weights alone needs one sentence, to compare the graphs on.
    assert heard == [
        (0, 4, "Turn left."),
        (1, 4, "text2semantic"),
        (2, 4, "latent"),
        (3, 4, "vocoder"),
        (4, 4, ""),
    ]


@pytest.mark.parametrize(
    ("name", "needed"),
    [("fp16", False), ("int8", True), ("int8-fast", True), ("int4", True), ("mixed", True)],
)
def test_recipes_that_look_at_activations_need_calibration(name: str, needed: bool) -> None:
    assert needs_calibration(built_in_recipes()[name]) is needed


def test_an_override_alone_may_need_calibration() -> None:
    override = {"flow.*": ConvolutionFormat.INT8}
    assert needs_calibration(Recipe("x", latent=ConvolutionRecipe(overrides=override)))
    assert not needs_calibration(Recipe("x", text2semantic=Text2SemanticRecipe(WeightFormat.INT8)))


def test_a_quantized_pack_is_not_quantized_again(
    quantized: QuantizedPack, job: QuantizeJob, tmp_path: Path
) -> None:
    with pytest.raises(QualityError, match=r"text2semantic in int8.*Give the pack it"):
        quantize_pack(replace(job, pack=quantized.pack), tmp_path / "twice.voicepack")


def test_a_pattern_without_a_weight_is_refused_before_anything_is_spoken(
    job: QuantizeJob, tmp_path: Path
) -> None:
    overrides = {"flow.stpes.*": ConvolutionFormat.FP16}
    wrong = replace(job.recipe, latent=ConvolutionRecipe(overrides=overrides))
    fresh = replace(job, recipe=wrong, cache=tmp_path / "cache")
    with pytest.raises(RecipeError, match=r"flow\.stpes"):
        quantize_pack(fresh, tmp_path / "wrong.voicepack")
    assert list(tmp_path.iterdir()) == []


def test_a_graph_that_computes_something_else_is_refused_by_name(
    job: QuantizeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_fidelity, "MAX_ERROR", 1e-9)
    with pytest.raises(QualityError, match="quantized text2semantic graph"):
        quantize_pack(job, tmp_path / "bad.voicepack")
    assert list(tmp_path.iterdir()) == []


def test_a_graph_that_gives_nan_is_refused(
    pack: VoicePack, job: QuantizeJob, tmp_path: Path
) -> None:
    broken = write_pack(tmp_path / "nan.voicepack", lambda folder: _with_nan(pack, folder))
    with pytest.raises(QualityError, match=r"vocoder.*nan"):
        quantize_pack(
            replace(job, pack=broken, recipe=find_recipe("fp16")), tmp_path / "out.voicepack"
        )


def test_what_is_there_is_kept_unless_it_may_be_replaced(
    quantized: QuantizedPack, job: QuantizeJob
) -> None:
    fp16 = replace(job, recipe=find_recipe("fp16"))
    with pytest.raises(PackError, match="exists already"):
        quantize_pack(fp16, quantized.pack.root)
    assert quantize_pack(job, quantized.pack.root, overwrite=True).pack == quantized.pack


def _with_nan(pack: VoicePack, folder: Path) -> Manifest:
    for file in pack.manifest.files:
        copy = folder / file
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(pack.root / file, copy)
    path = folder / pack.graph(GraphRole.VOCODER).file
    model = load_graph(path)
    bias = next(each for each in model.graph.initializer if each.name == "input.bias")
    values = np.full(tuple(bias.dims), np.nan, np.float32)
    bias.CopyFrom(onnx.numpy_helper.from_array(values, "input.bias"))
    save_graph(model, path)
    return pack.manifest
