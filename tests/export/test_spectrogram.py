from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voicepack.export.spectrogram import SpectrogramShape, limit_peak, linear_spectrogram

pytestmark = pytest.mark.torch

V2 = SpectrogramShape(sample_rate=32000, fft_size=2048, hop=640, window=2048)


def test_a_tone_at_the_centre_of_a_bin_has_a_quarter_of_the_window_as_magnitude() -> None:
    tone = np.cos(np.arange(32000) * 2 * np.pi * 100 / 2048).astype(np.float32)
    magnitudes = linear_spectrogram(tone, V2)[0, :, 25].numpy()
    # Half of the amplitude is at the negative frequency, and the mean of a Hann window is a half.
    assert magnitudes[100] == pytest.approx(2048 / 4, rel=1e-5)
    assert magnitudes[99] == pytest.approx(2048 / 8, rel=1e-5)
    assert magnitudes[110] < 0.01


def test_silence_has_the_root_of_the_floor_as_magnitude() -> None:
    spectrogram = linear_spectrogram(np.zeros(6400, np.float32), V2)
    np.testing.assert_allclose(spectrogram.numpy(), 1e-4, rtol=1e-6)


@pytest.mark.parametrize(
    ("num_samples", "num_frames"), [(705, 1), (1279, 1), (1280, 2), (6400, 10)]
)
def test_there_is_one_frame_for_every_full_hop(num_samples: int, num_frames: int) -> None:
    samples = np.ones(num_samples, np.float32)
    assert linear_spectrogram(samples, V2).shape == (1, 1025, num_frames)


def test_705_samples_are_the_fewest_that_can_be_mirrored() -> None:
    assert V2.min_samples == 705


def test_other_framings_say_their_own_fewest_samples() -> None:
    shape = SpectrogramShape(sample_rate=16000, fft_size=512, hop=511, window=512)
    assert shape.min_samples == 512
    assert linear_spectrogram(np.ones(512, np.float32), shape).shape == (1, 257, 1)


@pytest.mark.parametrize(
    ("peak", "limited"), [(0.5, 0.5), (1.0, 1.0), (1.5, 1.0), (2.0, 1.0), (3.0, 1.5)]
)
def test_a_peak_over_full_scale_is_divided_by_itself_but_at_most_by_two(
    peak: float, limited: float
) -> None:
    samples = np.array([0.25, -peak], np.float32)
    np.testing.assert_allclose(limit_peak(samples), samples * limited / peak, rtol=1e-7)


@pytest.mark.parity
@pytest.mark.parametrize("case", ["v2/short", "v2/mid", "v2pro/short"])
def test_the_spectrogram_equals_upstreams(reference_data: Path, case: str) -> None:
    upstream = np.load(reference_data / f"{case}.npz")
    spectrogram = linear_spectrogram(upstream["in_ref_wav"], V2).numpy()
    error = np.linalg.norm(spectrogram - upstream["ref_refer_spec"])
    # Single precision; the Fourier transforms of two torch versions round differently.
    assert error <= 1e-6 * np.linalg.norm(upstream["ref_refer_spec"])
