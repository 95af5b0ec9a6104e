from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voicepack.export.filter_bank import log_filter_bank

pytestmark = pytest.mark.torch


@pytest.mark.parametrize(("num_samples", "num_frames"), [(400, 1), (559, 1), (560, 2), (16000, 98)])
def test_only_full_frames_count(num_samples: int, num_frames: int) -> None:
    samples = np.ones(num_samples, np.float32)
    assert log_filter_bank(samples).shape == (num_frames, 80)


def test_a_constant_has_no_energy_for_its_mean_is_removed() -> None:
    energies = log_filter_bank(np.full(800, 0.5, np.float32))
    # Logarithm of the single-precision epsilon, Kaldi's floor.
    np.testing.assert_allclose(energies, np.log(2.0**-23), rtol=1e-6)


@pytest.mark.parametrize(("hertz", "band"), [(250, 8), (1000, 27), (4000, 60)])
def test_a_tone_is_loudest_in_its_mel_band(hertz: int, band: int) -> None:
    # By hand: 2840.02 mel at 8 kHz and 31.75 at 20 Hz leave 34.67 a band; 1 kHz, for instance, is
    # at 999.99 mel, (999.99 - 31.75) / 34.67 - 1 = 26.9 bands above the centre of the first.
    tone = 0.5 * np.sin(np.arange(1600) * 2 * np.pi * hertz / 16000).astype(np.float32)
    assert set(log_filter_bank(tone).argmax(dim=1).tolist()) == {band}


def test_one_frame_follows_from_the_formulas() -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 400).astype(np.float32)
    centred = samples.astype(np.float64) - samples.mean(dtype=np.float64)
    sharpened = centred - 0.97 * np.concatenate([centred[:1], centred[:-1]])
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 399)) ** 0.85
    power = np.abs(np.fft.rfft(sharpened * window, 512)) ** 2
    edges = np.linspace(1127 * np.log(1 + 20 / 700), 1127 * np.log(1 + 8000 / 700), 82)
    bins = 1127 * np.log(1 + np.arange(257) * 31.25 / 700)
    expected = [
        np.log(power @ np.interp(bins, edges[band : band + 3], [0, 1, 0])) for band in range(80)
    ]
    # Single against double precision.
    np.testing.assert_allclose(log_filter_bank(samples)[0], expected, atol=1e-4)


@pytest.mark.parity
def test_the_filter_bank_equals_upstreams(reference_data: Path) -> None:
    upstream = np.load(reference_data / "v2pro/short.npz")
    energies = log_filter_bank(upstream["ref_sv_wav16k"]).numpy()
    expected = upstream["ref_sv_fbank"][0]
    assert energies.shape == expected.shape
    # Near the floor the logarithm magnifies the rounding of the Fourier transform.
    np.testing.assert_allclose(energies, expected, atol=2e-3)
    assert np.linalg.norm(energies - expected) <= 1e-5 * np.linalg.norm(expected)
