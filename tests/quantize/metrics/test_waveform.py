from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.quantize.metrics.waveform import Samples, si_snr_db, snr_db

Measure = Callable[[Samples, Samples], float]
PHASE = 2 * np.pi * 50 * np.arange(3200) / 3200
SINE: Samples = np.sin(PHASE)
COSINE: Samples = np.cos(PHASE)
SILENCE: Samples = np.zeros(3200)


def test_noise_of_a_tenth_of_the_amplitude_is_20_db() -> None:
    assert snr_db(SINE, SINE + 0.1 * COSINE) == pytest.approx(20)


def test_wrong_gain_counts_as_noise() -> None:
    assert snr_db(SINE, 1.01 * SINE) == pytest.approx(40)


def test_si_snr_of_a_cosine_at_a_tenth_of_the_amplitude_is_20_db() -> None:
    assert si_snr_db(SINE, 3 * SINE + 0.3 * COSINE + 0.7) == pytest.approx(20)


def test_si_snr_of_unrelated_signals_is_very_low() -> None:
    assert si_snr_db(SINE, COSINE) < -200


@given(st.floats(1e-3, 1e3), st.integers(0, 1000))
def test_gain_does_not_change_si_snr(gain: float, seed: int) -> None:
    reference, noise = np.random.default_rng(seed).standard_normal((2, 400))
    candidate = reference + 0.3 * noise
    assert si_snr_db(reference, gain * candidate) == pytest.approx(si_snr_db(reference, candidate))


@pytest.mark.parametrize("measure", [snr_db, si_snr_db])
@pytest.mark.parametrize("signal", [SINE, SILENCE, np.zeros(0)])
def test_equal_signals_are_infinitely_good(measure: Measure, signal: Samples) -> None:
    assert measure(signal, signal) == np.inf


@pytest.mark.parametrize("measure", [snr_db, si_snr_db])
def test_noise_in_place_of_silence_is_infinitely_bad(measure: Measure) -> None:
    assert measure(SILENCE, SINE) == -np.inf


def test_silence_in_place_of_a_signal_has_an_snr_of_0_db() -> None:
    assert snr_db(SINE, SILENCE) == 0


def test_silence_in_place_of_a_signal_has_no_si_snr() -> None:
    assert si_snr_db(SINE, SILENCE) == -np.inf


@pytest.mark.parametrize("measure", [snr_db, si_snr_db])
def test_nan_stays_nan(measure: Measure) -> None:
    assert np.isnan(measure(SINE, np.full_like(SINE, np.nan)))


def test_infinite_sample_is_infinitely_bad() -> None:
    assert snr_db(SINE, np.full_like(SINE, np.inf)) == -np.inf


@pytest.mark.parametrize("measure", [snr_db, si_snr_db])
def test_signals_of_different_length_are_refused(measure: Measure) -> None:
    with pytest.raises(ValueError, match="equally long"):
        measure(SINE, SINE[1:])
