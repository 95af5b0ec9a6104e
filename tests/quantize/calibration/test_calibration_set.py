"""What is recorded while the demo voice speaks, and how it is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voicepack.quantize.calibration.calibration_set import (
    CalibrationSet,
    CalibrationSource,
    cached_calibration,
    record_calibration,
)
from voicepack.quantize.errors import QualityError
from voicepack.runtime.errors import RunawayError
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import Phones
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.text.sentences import uncut_sentence
from voicepack.runtime.voice import Voice

pytestmark = pytest.mark.torch

SOURCE = CalibrationSource(("Turn left.", "Good morning.", "It is late."), "en", seed=3)


@pytest.fixture(scope="module")
def pack(demo_pack: Path) -> VoicePack:
    return VoicePack.open(demo_pack)


@pytest.fixture(scope="module")
def recorded(pack: VoicePack) -> CalibrationSet:
    return record_calibration(pack, SOURCE)


def same(first: CalibrationSet, second: CalibrationSet) -> bool:
    pairs = zip(first.sentences, second.sentences, strict=True)
    return all(
        all(np.array_equal(vars(a)[name], vars(b)[name]) for name in vars(a)) for a, b in pairs
    )


def test_a_sentence_is_what_the_voice_says_of_itself(
    pack: VoicePack, recorded: CalibrationSet
) -> None:
    voice = Voice.load(pack.root, threads=1)
    phones = Phones(uncut_sentence("Good morning.", "en", voice.symbols).ids)
    options = Speaking(voice.default_sampling(), seed=3)
    spoken = voice.utter(phones, pack.prompt(), options, index=1)
    sentence = recorded.sentences[1]
    assert np.array_equal(sentence.tokens, spoken.tokens)
    assert np.array_equal(sentence.noise, spoken.noise)
    assert np.array_equal(sentence.latent, spoken.latent)


def test_text2semantic_read_phones_prompt_and_tokens(
    pack: VoicePack, recorded: CalibrationSet
) -> None:
    prompt = pack.prompt()
    for sentence in recorded.sentences:
        num_phones = len(prompt.phones.ids) + len(sentence.phones)
        num_positions = num_phones + len(prompt.tokens) + len(sentence.tokens)
        assert sentence.num_text == num_phones
        assert sentence.hidden.shape == (num_positions, pack.embeddings().width)


def test_recording_ends_when_enough_was_said(pack: VoicePack, recorded: CalibrationSet) -> None:
    two = record_calibration(pack, replace(SOURCE, max_sentences=2))
    assert same(two, CalibrationSet(recorded.sentences[:2]))


def test_the_cache_gives_back_what_was_recorded_without_speaking(
    pack: VoicePack, recorded: CalibrationSet, tmp_path: Path
) -> None:
    heard: list[str] = []
    first = cached_calibration(
        pack, SOURCE, tmp_path, lambda done, total, doing: heard.append(doing)
    )
    assert heard == [*SOURCE.texts, ""]
    again = cached_calibration(pack, SOURCE, tmp_path, lambda done, total, doing: heard.append("!"))
    assert "!" not in heard
    assert same(first, recorded)
    assert same(again, recorded)


def test_another_seed_or_text_is_another_recording(pack: VoicePack, tmp_path: Path) -> None:
    one = replace(SOURCE, max_sentences=1)
    for source in (one, replace(one, seed=4), replace(one, texts=("Hello there.",))):
        cached_calibration(pack, source, tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_cache_that_was_cut_short_is_recorded_anew(
    pack: VoicePack, recorded: CalibrationSet, tmp_path: Path
) -> None:
    cached_calibration(pack, SOURCE, tmp_path)
    file = next(tmp_path.iterdir())
    file.write_bytes(file.read_bytes()[:-1000])
    assert same(cached_calibration(pack, SOURCE, tmp_path), recorded)


def test_a_voice_that_always_runs_away_cannot_calibrate(
    pack: VoicePack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_away(*_: object) -> None:
        raise RunawayError("endless", np.zeros(1, np.int64))

    monkeypatch.setattr(Voice, "utter", run_away)
    with pytest.raises(QualityError, match="ran away in each of 3 calibration sentences"):
        record_calibration(pack, SOURCE)
