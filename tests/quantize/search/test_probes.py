"""Both halves of the demo voice, in mixes of formats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voicepack.quantize.calibration.calibration_set import (
    CalibrationSet,
    CalibrationSource,
    record_calibration,
)
from voicepack.quantize.graphs.every_position import for_every_position
from voicepack.quantize.graphs.graph import load_graph, save_graph
from voicepack.quantize.recipe import (
    CacheFormat,
    ConvolutionFormat,
    Recipe,
    Text2SemanticRecipe,
    WeightFormat,
)
from voicepack.quantize.search.probe import Probe
from voicepack.quantize.search.sound_probe import SoundProbe
from voicepack.quantize.search.token_probe import TokenProbe
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.kv_cache import make_decoder
from voicepack.runtime.pack import VoicePack
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.profile import KvCache
from voicepack.targets.session import EngineOptions

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def pack(demo_pack: Path) -> VoicePack:
    return VoicePack.open(demo_pack)


@pytest.fixture(scope="module")
def spoken(pack: VoicePack) -> CalibrationSet:
    return record_calibration(pack, CalibrationSource(("Turn left.", "Good morning."), "en"))


@pytest.fixture(scope="module")
def tokens(pack: VoicePack, spoken: CalibrationSet) -> TokenProbe:
    recipe = Text2SemanticRecipe(calibrated=True)
    return TokenProbe(pack, recipe, CalibrationSet(spoken.sentences[:1]), spoken.sentences[1:])


@pytest.fixture(scope="module")
def sound(pack: VoicePack, spoken: CalibrationSet) -> SoundProbe:
    recipe = Recipe("test")
    return SoundProbe(pack, recipe, CalibrationSet(spoken.sentences[:1]), spoken.sentences[1:])


def whole(probe: Probe, form: WeightFormat | ConvolutionFormat) -> dict[str, float]:
    return probe.measure({group.name: form for group in probe.groups})


def test_full_precision_loses_nothing(tokens: TokenProbe, sound: SoundProbe) -> None:
    values = tokens.measure({})
    assert (values["kl_mean"], values["top1_agreement"]) == (0, 1)
    assert sound.measure({})["log_mel_l1"] == 0
    assert tokens.loss({}) == 0
    assert sound.loss({}) == 0


def test_fewer_bits_cost_fewer_bytes_and_lose_more(tokens: TokenProbe, sound: SoundProbe) -> None:
    four, eight = whole(tokens, WeightFormat.INT4_BLOCK), whole(tokens, WeightFormat.INT8_BLOCK)
    assert four["bytes"] < eight["bytes"] < tokens.measure({})["bytes"] / 3
    assert four["kl_mean"] > eight["kl_mean"] > 0
    eight, sixteen = whole(sound, ConvolutionFormat.INT8), whole(sound, ConvolutionFormat.FP16)
    assert eight["bytes"] < sixteen["bytes"]
    assert eight["log_mel_l1"] > sixteen["log_mel_l1"] > 0


def test_one_group_loses_less_than_all(tokens: TokenProbe, sound: SoundProbe) -> None:
    four, eight = WeightFormat.INT4_BLOCK, ConvolutionFormat.INT8
    assert 0 < tokens.loss({"head": four}) < tokens.loss({g.name: four for g in tokens.groups})
    assert 0 < sound.loss({"stage 0": eight}) < sound.loss({g.name: eight for g in sound.groups})


def test_the_cache_of_the_recipe_is_measured_too(pack: VoicePack, spoken: CalibrationSet) -> None:
    recipe = Text2SemanticRecipe(kv_cache=CacheFormat.INT8)
    probe = TokenProbe(pack, recipe, CalibrationSet(spoken.sentences[:1]), spoken.sentences[1:])
    assert probe.measure({})["kl_mean"] > 0


def test_every_position_answers_what_it_would_as_the_last(
    pack: VoicePack, spoken: CalibrationSet, tmp_path: Path
) -> None:
    entry = pack.graph(GraphRole.TEXT2SEMANTIC)
    everywhere = tmp_path / "everywhere.onnx"
    save_graph(for_every_position(load_graph(pack.path(entry.file))), everywhere)
    engine = engine_of(find_profile(pack.manifest.target))
    stepwise, at_once = (
        make_decoder(
            KvCache(entry.kv_cache),
            engine.open(path, EngineOptions(threads=1)),
            pack.manifest.text2semantic,
        )
        for path in (pack.path(entry.file), everywhere)
    )
    sentence = spoken.sentences[0]
    start = len(sentence.hidden) - len(sentence.tokens)
    expected = [stepwise.prefill(sentence.hidden[:start], sentence.num_text)]
    expected += [stepwise.step(row) for row in sentence.hidden[start:]]
    found = at_once.prefill(sentence.hidden, sentence.num_text)
    # Sums of float32 in another order.
    np.testing.assert_allclose(found[start - 1 :], np.stack(expected), rtol=1e-3, atol=1e-4)
