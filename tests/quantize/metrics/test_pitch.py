from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicepack.quantize.metrics.pitch import (
    compare_pitch,
    f0_rmse_cents,
    gross_pitch_error,
    pitch,
)

SAMPLE_RATE = 32_000
TIME = np.arange(SAMPLE_RATE // 5) / SAMPLE_RATE
Signal = npt.NDArray[np.float64]


def voice(frequency: float, phase: float = 0.0) -> Signal:
    """Make 0.2 s of a sound with eight harmonics, the higher the weaker."""
    partials = [np.sin(2 * np.pi * n * frequency * TIME + n * phase) / n for n in range(1, 9)]
    sound: Signal = 0.2 * np.sum(partials, axis=0)
    return sound


def inside(track: Signal) -> Signal:
    """Leave out the frames that reach beyond the end of the sound."""
    return track[:-6]


def cents_off(track: Signal, frequency: float) -> float:
    return float(np.abs(1200 * np.log2(inside(track) / frequency)).max())


@settings(max_examples=30, deadline=None)
@given(st.floats(60, 600), st.floats(0, 6.28))
def test_sine_is_found_within_5_cents(frequency: float, phase: float) -> None:
    tone = 0.5 * np.sin(2 * np.pi * frequency * TIME + phase)
    assert cents_off(pitch(tone, SAMPLE_RATE), frequency) < 5


@settings(max_examples=30, deadline=None)
@given(st.floats(60, 600), st.floats(0, 6.28))
def test_harmonic_sound_is_found_within_5_cents(frequency: float, phase: float) -> None:
    assert cents_off(pitch(voice(frequency, phase), SAMPLE_RATE), frequency) < 5


@pytest.mark.parametrize("sample_rate", [24_000, 48_000])
def test_other_sample_rates_are_measured_in_hertz(sample_rate: int) -> None:
    time = np.arange(sample_rate // 5) / sample_rate
    assert cents_off(pitch(np.sin(2 * np.pi * 220 * time), sample_rate), 220) < 5


def test_noise_is_not_voiced() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(SAMPLE_RATE)
    assert not pitch(noise, SAMPLE_RATE).any()


@pytest.mark.parametrize("level", [0.0, 0.5])
def test_silence_and_direct_current_are_not_voiced(level: float) -> None:
    assert not inside(pitch(np.full(SAMPLE_RATE // 5, level), SAMPLE_RATE)).any()


def test_hum_below_minus_60_db_is_not_voiced() -> None:
    assert not pitch(0.001 * voice(100), SAMPLE_RATE).any()


def test_there_is_a_frame_every_10_ms() -> None:
    assert pitch(voice(100), SAMPLE_RATE).shape == (21,)


def test_whole_tone_and_none_are_the_root_of_half_of_200_cents_squared() -> None:
    whole_tone = 100 * 2 ** (1 / 6)
    found = f0_rmse_cents(np.array([100.0, 50.0, 0.0]), np.array([whole_tone, 50.0, 90.0]))
    assert found == pytest.approx(200 / 2**0.5)


def test_octave_is_a_gross_error_and_nothing_else() -> None:
    ours, theirs = np.array([100.0, 100.0, 80.0, 0.0]), np.array([200.0, 119.0, 80.0, 90.0])
    assert gross_pitch_error(ours, theirs) == pytest.approx(1 / 3)
    assert f0_rmse_cents(ours[[0]], theirs[[0]]) == 0


def test_frames_voiced_in_one_only_have_no_pitch_difference() -> None:
    ours, theirs = np.array([100.0, 0.0]), np.array([0.0, 100.0])
    assert f0_rmse_cents(ours, theirs) == gross_pitch_error(ours, theirs) == 0


def test_semitone_is_measured_as_100_cents() -> None:
    difference = compare_pitch(voice(200), voice(200 * 2 ** (1 / 12)), SAMPLE_RATE)
    assert difference.rmse_cents == pytest.approx(100, abs=5)
    assert difference.voicing_error == 0


def test_voice_that_stops_halfway_is_a_voicing_error_of_about_a_half() -> None:
    half = voice(200) * (TIME < 0.1)
    # The frames where the sound stops may be called either way.
    assert compare_pitch(voice(200), half, SAMPLE_RATE).voicing_error == pytest.approx(0.5, abs=0.1)


def test_nan_is_not_voiced() -> None:
    assert not pitch(np.full(3200, np.nan), SAMPLE_RATE).any()


def test_signals_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        compare_pitch(voice(100), voice(100)[1:], SAMPLE_RATE)
