"""The speaker graph hears a voice as the export does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voicepack.quantize.quality.speaker_embedding import linear_spectrogram, open_speaker_encoder
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.pack import VoicePack
from voicepack.targets.session import EngineOptions

pytest.importorskip("torch")
pytestmark = pytest.mark.torch

ONE_THREAD = EngineOptions(threads=1)


def test_the_embedding_of_the_clip_is_the_one_that_export_stored(demo_pack: Path) -> None:
    from voicepack.export.demo_voices import SEED
    from voicepack.export.seeded_clip import hum

    pack = VoicePack.open(demo_pack)
    encoder = open_speaker_encoder(pack, ONE_THREAD)
    assert encoder is not None
    found, stored = encoder.embedding(hum(SEED)), pack.prompt().embedding
    # The clip was stored with 16 bits.
    assert np.linalg.norm(found - stored) <= 1e-3 * np.linalg.norm(stored)


@pytest.mark.parametrize("num_samples", [2048, 20000])
def test_the_spectrogram_is_the_export_s(num_samples: int) -> None:
    from voicepack.export import spectrogram

    samples = np.random.default_rng(0).uniform(-1, 1, num_samples).astype(np.float32)
    shape = spectrogram.SpectrogramShape(sample_rate=32000, fft_size=2048, hop=640, window=2048)
    expected = spectrogram.linear_spectrogram(samples, shape)[0].numpy()
    found = linear_spectrogram(samples, 2048, 640)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_audio_of_any_length_has_an_embedding_and_nan_has_none(demo_pack: Path) -> None:
    encoder = open_speaker_encoder(VoicePack.open(demo_pack), ONE_THREAD)
    assert encoder is not None
    assert np.isfinite(encoder.embedding(np.zeros(1, np.float32))).all()
    assert np.isnan(encoder.embedding(np.full(5000, np.nan, np.float32))).all()


def test_a_pack_without_speaker_graph_has_no_encoder(demo_pack: Path) -> None:
    pack = VoicePack.open(demo_pack)
    kept = tuple(each for each in pack.manifest.graphs if each.role is not GraphRole.SPEAKER)
    without = VoicePack(pack.root, replace(pack.manifest, graphs=kept))
    assert open_speaker_encoder(without, ONE_THREAD) is None
