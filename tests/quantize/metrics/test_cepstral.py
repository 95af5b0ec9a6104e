from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import scipy.fft
import scipy.spatial

from voicepack.quantize.metrics.cepstral import (
    frame_distances,
    mel_cepstral_distance,
    mel_cepstrum,
    warped_mel_cepstral_distance,
)
from voicepack.quantize.metrics.mel import log_mel

SAMPLE_RATE = 32_000
RNG = np.random.default_rng(0)
HISS = RNG.standard_normal(16_000)
RUMBLE = np.convolve(RNG.standard_normal(16_000), np.ones(40) / 6, mode="same")
KUBICHEK = 10 / np.log(10) * np.sqrt(2)


def test_cepstrum_is_the_cosine_transform_of_scipy() -> None:
    spectrum = log_mel(HISS, SAMPLE_RATE)
    expected = scipy.fft.dct(spectrum, type=2, axis=1)[:, 1:25] / 80
    np.testing.assert_allclose(mel_cepstrum(HISS, SAMPLE_RATE), expected, atol=1e-12)


def test_distance_is_kubicheks_sum_over_coefficients() -> None:
    ours, theirs = mel_cepstrum(HISS, SAMPLE_RATE), mel_cepstrum(RUMBLE, SAMPLE_RATE)
    frames = [
        KUBICHEK * np.sqrt(sum((a - b) ** 2 for a, b in zip(x, y, strict=True)))
        for x, y in zip(ours, theirs, strict=True)
    ]
    distance = mel_cepstral_distance(HISS, RUMBLE, SAMPLE_RATE)
    assert distance == pytest.approx(sum(frames) / len(frames))


def test_loudness_does_not_count() -> None:
    assert mel_cepstral_distance(HISS, 3 * HISS, SAMPLE_RATE) == pytest.approx(0, abs=1e-12)


def test_frame_distances_are_those_of_scipy() -> None:
    ours, theirs = RNG.standard_normal((7, 24)), RNG.standard_normal((5, 24))
    expected = KUBICHEK * scipy.spatial.distance.cdist(ours, theirs)
    np.testing.assert_allclose(frame_distances(ours, theirs), expected)


def test_warped_distance_of_a_signal_from_itself_is_zero() -> None:
    assert warped_mel_cepstral_distance(HISS, HISS, SAMPLE_RATE) == 0


def test_sounds_that_last_longer_are_warped_back() -> None:
    short = np.concatenate((HISS, RUMBLE))
    long = np.concatenate((np.tile(HISS, 2), np.tile(RUMBLE, 2)))
    unlike = mel_cepstral_distance(HISS, RUMBLE, SAMPLE_RATE)
    assert warped_mel_cepstral_distance(short, long, SAMPLE_RATE) < 0.2 * unlike


@pytest.mark.parametrize("damage", [np.nan, np.inf])
@pytest.mark.filterwarnings("ignore:invalid value")  # infinity times the window's zero
def test_damaged_samples_make_the_warped_distance_nan(damage: float) -> None:
    damaged: npt.NDArray[np.float64] = HISS.copy()
    damaged[8000] = damage
    assert np.isnan(warped_mel_cepstral_distance(HISS, damaged, SAMPLE_RATE))


def test_signals_of_different_length_need_the_warped_distance() -> None:
    with pytest.raises(ValueError, match="equally long"):
        mel_cepstral_distance(HISS, HISS[1:], SAMPLE_RATE)
