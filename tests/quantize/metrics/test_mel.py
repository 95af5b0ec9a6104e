from __future__ import annotations

import numpy as np
import pytest

from voicepack.quantize.metrics.mel import (
    FLOOR,
    hertz_to_mel,
    log_mel,
    log_mel_l1,
    mel_filter_bank,
    mel_to_hertz,
)

SAMPLE_RATE = 32_000
NOISE = np.random.default_rng(0).standard_normal(SAMPLE_RATE // 4)


@pytest.mark.parametrize(
    ("frequency", "mel"), [(0, 0), (110, 1.65), (440, 6.6), (1000, 15), (6400, 42)]
)
def test_scale_is_linear_to_1_khz_then_27_bands_for_a_factor_of_6_4(
    frequency: float, mel: float
) -> None:
    assert hertz_to_mel(frequency) == pytest.approx(mel)
    assert mel_to_hertz(np.array([mel]))[0] == pytest.approx(frequency)


@pytest.mark.parametrize(
    ("band", "bin_", "weight"),
    [
        (0, 1, 0.00753511984896264),
        (0, 4, 0.013779797030128771),
        (9, 30, 0.015507924874007133),
        (40, 162, 0.0023356036145376923),
        (79, 1000, 0.0007123674846886885),
    ],
)
def test_filters_have_the_weights_of_librosa(band: int, bin_: int, weight: float) -> None:
    # librosa 0.11: filters.mel(sr=32000, n_fft=2048, n_mels=80, dtype=float64)
    assert mel_filter_bank(32_000, 2048, 80)[band, bin_] == pytest.approx(weight, rel=1e-12)


def test_every_filter_has_area_one() -> None:
    bin_width = 1.0
    areas = mel_filter_bank(32_000, 32_000, 80).sum(axis=1) * bin_width
    # Triangles of at least 46 Hz half width, sampled every hertz.
    np.testing.assert_allclose(areas, 1, atol=1e-3)


def test_log_mel_has_a_frame_every_10_ms() -> None:
    assert log_mel(NOISE, SAMPLE_RATE).shape == (26, 80)


def test_silence_lies_on_the_floor() -> None:
    np.testing.assert_array_equal(log_mel(np.zeros(3200), SAMPLE_RATE), np.log(FLOOR))


def test_tone_is_loudest_in_the_band_around_it() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    # 81 steps lead to 16 kHz, which is 55.33 mel. 1 kHz is 15 mel, or 21.96 steps, and band 21
    # has its center after 22.
    assert log_mel(tone, SAMPLE_RATE)[50].argmax() == 21


def test_halved_signal_is_off_by_the_logarithm_of_two() -> None:
    assert log_mel_l1(NOISE, 0.5 * NOISE, SAMPLE_RATE) == pytest.approx(np.log(2))


def test_equal_signals_are_at_distance_zero() -> None:
    assert log_mel_l1(NOISE, NOISE, SAMPLE_RATE) == 0


def test_signals_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        log_mel_l1(NOISE, NOISE[1:], SAMPLE_RATE)


def test_noise_far_below_the_loudest_band_counts_for_nothing() -> None:
    rate = 32_000
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(rate) / rate)
    reference = np.concatenate([tone, np.zeros(rate)])
    # White noise spreads its power over all bins; even one bin's share of 1e-6 rms, next to a tone
    # of 0.35 rms in one bin, is more than 100 dB down.
    noise = 1e-6 * np.random.default_rng(0).standard_normal(2 * rate)
    pause = np.concatenate([np.zeros(rate), noise[rate:]])
    # Not zero: frames that reach from the tone into the pause hold its spectral skirts.
    assert log_mel_l1(reference, reference + pause, rate) < 1e-5
