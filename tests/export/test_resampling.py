from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicepack.export.resampling import num_resampled, resample_sinc, resample_soxr

pytestmark = pytest.mark.torch

RATES = st.sampled_from([8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 96000])


def interpolate_directly(samples: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """The definition in seconds, sample by sample: a sinc under a Hann window of six zeros."""
    cutoff = 0.99 * min(rate, new_rate)
    places = np.arange(-(-samples.size * new_rate // rate)) / new_rate
    zeros = cutoff * (np.arange(samples.size) / rate - places[:, np.newaxis])
    hann = np.where(np.abs(zeros) < 6, 0.5 + 0.5 * np.cos(np.pi * zeros / 6), 0)
    weights = np.sinc(zeros) * hann * cutoff / rate
    return np.asarray(weights @ samples.astype(np.float64))


@settings(max_examples=40, deadline=None)
@given(rate=RATES, new_rate=RATES, num_samples=st.integers(1, 300), seed=st.integers(0, 99))
def test_sinc_resampling_is_the_windowed_sinc_sum(
    rate: int, new_rate: int, num_samples: int, seed: int
) -> None:
    samples = np.random.default_rng(seed).uniform(-1, 1, num_samples).astype(np.float32)
    resampled = resample_sinc(samples, rate, new_rate)
    if rate == new_rate:
        expected = samples.astype(np.float64)
    else:
        expected = interpolate_directly(samples, rate, new_rate)
    # torchaudio's phase in single precision moves a sample by up to 1e-5 of its neighbours.
    np.testing.assert_allclose(resampled, expected, atol=5e-5)


def test_sinc_resampling_leaves_its_input_alone_at_equal_rates() -> None:
    samples = np.linspace(-1, 1, 7, dtype=np.float32)
    np.testing.assert_array_equal(resample_sinc(samples, 32000, 32000), samples)


def test_rates_without_common_divisor_are_resampled_too() -> None:
    tone = np.sin(np.arange(8001) * 2 * np.pi * 100 / 8001).astype(np.float32)
    resampled = resample_sinc(tone, 8001, 8000)
    expected = np.sin(np.arange(8000) * 2 * np.pi * 100 / 8000)
    # Away from the ends, where the tone is cut off.
    np.testing.assert_allclose(resampled[50:-50], expected[50:-50], atol=1e-3)


@settings(max_examples=40, deadline=None)
@given(rate=RATES, frequency=st.integers(50, 3000))
def test_soxr_resampling_keeps_a_tone(rate: int, frequency: int) -> None:
    tone = np.sin(np.arange(rate // 2) * 2 * np.pi * frequency / rate).astype(np.float32)
    resampled = resample_soxr(tone, rate, 16000)
    expected = np.sin(np.arange(8000) * 2 * np.pi * frequency / 16000)
    np.testing.assert_allclose(resampled[800:7200], expected[800:7200], atol=1e-3)


@pytest.mark.parametrize(
    ("num_samples", "rate", "expected"),
    [
        (32000, 32000, 16000),
        (44100, 44100, 16000),
        (44101, 44100, 16001),
        (1, 8000, 2),
        (7, 7, 16000),
    ],
)
def test_soxr_resampling_gives_the_length_rounded_up(
    num_samples: int, rate: int, expected: int
) -> None:
    samples = np.ones(num_samples, np.float32)
    assert num_resampled(num_samples, rate, 16000) == expected
    assert resample_soxr(samples, rate, 16000).shape == (expected,)


@pytest.mark.parity
@pytest.mark.parametrize("case", ["v2/short", "v2/mid", "v2pro/short"])
def test_soxr_resampling_equals_librosa_bit_by_bit(reference_data: Path, case: str) -> None:
    upstream = np.load(reference_data / f"{case}.npz")
    resampled = resample_soxr(upstream["in_ref_wav"], 32000, 16000)
    np.testing.assert_array_equal(resampled, upstream["ref_wav16k_librosa"])


@pytest.mark.parity
def test_sinc_resampling_equals_torchaudio(reference_data: Path) -> None:
    upstream = np.load(reference_data / "v2pro/short.npz")
    resampled = resample_sinc(upstream["in_ref_wav"], 32000, 16000)
    # Both sum in single precision, in different order.
    np.testing.assert_allclose(resampled, upstream["ref_sv_wav16k"], atol=3e-7)
