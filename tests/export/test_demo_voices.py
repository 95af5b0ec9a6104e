"""The voice that the demo speaks with."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from voicepack.export.checkpoint import open_gpt, open_sovits
from voicepack.export.demo import run_demo
from voicepack.export.demo_voices import default_voice, seeded_voice, trained_voice
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.progress import silent

pytestmark = pytest.mark.torch
MOST_BYTES = 25_000_000


def test_a_checkout_speaks_with_the_trained_voice(tmp_path: Path) -> None:
    assert default_voice(tmp_path) == trained_voice()


def test_the_trained_voice_is_small_enough_for_the_repository() -> None:
    folder = trained_voice().gpt.parent

    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) <= MOST_BYTES


def test_the_trained_voice_s_checkpoints_open() -> None:
    voice = trained_voice()

    assert open_gpt(voice.gpt).path == voice.gpt
    assert open_sovits(voice.sovits).path == voice.sovits


def test_both_voices_state_their_rights(tmp_path: Path) -> None:
    assert "Carnegie Mellon" in trained_voice().rights.voice_owner
    assert seeded_voice(tmp_path).rights.licence == "CC0-1.0"


@pytest.mark.slow
def test_the_trained_voice_speaks_within_its_budget(tmp_path: Path) -> None:
    made = run_demo(trained_voice(), tmp_path / "a.wav", "Good morning.", tmp_path, "cpu", silent)

    assert made.report.passed
    manifest = VoicePack.open(made.pack).manifest
    assert manifest.generation == "v2"
    assert manifest.rights.licence.startswith("EST-2003")
    with wave.open(io.BytesIO((tmp_path / "a.wav").read_bytes())) as opened:
        samples = np.frombuffer(opened.readframes(2**31 - 1), "<i2") / 2**15
    assert 0.5 < len(samples) / 32_000 < 3
    assert 0.01 < np.sqrt(np.mean(samples**2)) < 0.5
