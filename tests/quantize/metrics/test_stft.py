from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

from voicepack.quantize.metrics.stft import (
    Resolution,
    StftDistance,
    multi_resolution_stft,
    resolution_magnitudes,
    stft_magnitudes,
)

SAMPLE_RATE = 32_000
NOISE = np.random.default_rng(0).standard_normal(SAMPLE_RATE // 4)


@pytest.mark.parametrize(("fft_size", "window", "hop"), [(512, 320, 64), (1024, 1024, 160)])
def test_magnitudes_are_those_of_scipy(fft_size: int, window: int, hop: int) -> None:
    _, _, spectrum = scipy.signal.stft(
        NOISE, window="hann", nperseg=window, noverlap=window - hop, nfft=fft_size, padded=False
    )
    expected = np.abs(spectrum.T) * (window / 2)  # scipy divides by the sum of the window
    magnitudes = stft_magnitudes(NOISE, fft_size, window, hop)
    np.testing.assert_allclose(magnitudes[: len(expected)], expected, atol=1e-10)


def test_full_scale_sine_peaks_at_a_quarter_of_the_window() -> None:
    sine = np.sin(2 * np.pi * 1000 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    middle = stft_magnitudes(sine, 1024, 1024, 160)[100]
    assert middle.argmax() == 32
    assert middle.max() == pytest.approx(256)


def test_there_is_a_frame_for_every_hop_begun() -> None:
    assert stft_magnitudes(np.zeros(1599), 512, 320, 160).shape == (10, 257)


def test_windows_at_24_khz_are_those_of_parallel_wavegan() -> None:
    magnitudes = resolution_magnitudes(np.zeros(24_000), Resolution(0.050, 0.010), 24_000)
    assert magnitudes.shape == (101, 1025)


def test_doubled_signal_is_off_by_itself_and_by_the_logarithm_of_two() -> None:
    distance = multi_resolution_stft(NOISE, 2 * NOISE, SAMPLE_RATE)
    assert distance.convergence == pytest.approx(1)
    assert distance.log_magnitude == pytest.approx(np.log(2))


def test_equal_signals_are_at_distance_zero() -> None:
    assert multi_resolution_stft(NOISE, NOISE, SAMPLE_RATE) == StftDistance(0, 0)


def test_two_silences_are_equal() -> None:
    silence = np.zeros(3200)
    assert multi_resolution_stft(silence, silence, SAMPLE_RATE) == StftDistance(0, 0)


def test_noise_in_place_of_silence_does_not_converge() -> None:
    distance = multi_resolution_stft(np.zeros_like(NOISE), NOISE, SAMPLE_RATE)
    assert distance.convergence == np.inf


def test_what_lies_below_the_floor_does_not_count() -> None:
    silence = np.zeros_like(NOISE)
    assert multi_resolution_stft(silence, 1e-7 * NOISE, SAMPLE_RATE).log_magnitude == 0


def test_signals_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        multi_resolution_stft(NOISE, NOISE[1:], SAMPLE_RATE)
