from __future__ import annotations

import numpy as np
import pytest

from voicepack.quantize.metrics.health import (
    AudioHealth,
    find_repetition,
    inspect_audio,
    length_change,
    longest_run,
)
from voicepack.runtime.runaway import Repetition

SAMPLE_RATE = 32_000
SECOND = 0.5 * np.sin(2 * np.pi * 200 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)


def test_tone_is_healthy() -> None:
    health = inspect_audio(SECOND, SAMPLE_RATE)
    assert health.dc_offset == pytest.approx(0, abs=1e-12)
    assert (health.non_finite, health.longest_clip, health.clipped_fraction) == (0, 0, 0)
    assert (health.silent_fraction, health.longest_silence_s) == (0, 0)


def test_gap_is_measured_in_seconds() -> None:
    audio = SECOND.copy()
    audio[3200:12_800] = 0  # 0.3 s
    audio[16_000:17_600] = 0.0005  # 0.05 s, below -60 dB
    health = inspect_audio(audio, SAMPLE_RATE)
    assert health.longest_silence_s == pytest.approx(0.3)
    assert health.silent_fraction == pytest.approx(0.35)


def test_clipping_is_counted_in_samples_and_runs() -> None:
    audio = np.zeros(1000)
    audio[[10, 11, 12, 500]] = [1.0, -1.0, 0.9995, 1.2]
    health = inspect_audio(audio, SAMPLE_RATE)
    assert health.clipped_fraction == 0.004
    assert health.longest_clip == 3


def test_nan_and_infinity_are_counted_and_spoil_nothing_else() -> None:
    audio = SECOND.copy()
    audio[:3] = [np.nan, np.inf, -np.inf]
    health = inspect_audio(audio, SAMPLE_RATE)
    assert health.non_finite == 3
    assert health.clipped_fraction == 0
    assert health.dc_offset == pytest.approx(0, abs=1e-4)


def test_dc_offset_has_no_sign() -> None:
    assert inspect_audio(SECOND - 0.25, SAMPLE_RATE).dc_offset == pytest.approx(0.25)


def test_audio_without_samples_is_silent() -> None:
    assert inspect_audio(np.zeros(0, np.float32), SAMPLE_RATE) == AudioHealth(0, 0, 0, 1, 0, 0)


def test_last_block_may_be_short() -> None:
    audio = np.concatenate((np.zeros(320), np.full(7, 0.5)))
    assert inspect_audio(audio, SAMPLE_RATE).silent_fraction == 0.5


def test_loop_inside_the_tokens_is_found_at_its_full_length() -> None:
    tokens = np.array([1, 2, 3, *[7, 8] * 75, 9, 10], np.int64)
    assert find_repetition(tokens) == Repetition(period=2, num_tokens=150)


def test_first_of_two_loops_is_the_one_described() -> None:
    tokens = np.array([5] * 120 + [1, 2, 3] * 100, np.int64)
    assert find_repetition(tokens) == Repetition(period=1, num_tokens=120)


def test_tokens_without_loop_have_no_repetition() -> None:
    assert find_repetition(np.arange(300)) is None


@pytest.mark.parametrize(
    ("reference", "candidate", "change"),
    [(100, 100, 0), (100, 125, 0.25), (100, 75, 0.25), (100, 0, 1), (0, 0, 0), (0, 5, np.inf)],
)
def test_length_change_is_a_share_of_the_reference(
    reference: int, candidate: int, change: float
) -> None:
    assert length_change(reference, candidate) == change


@pytest.mark.parametrize(("flags", "longest"), [("", 0), ("00", 0), ("1101110", 3), ("0011", 2)])
def test_longest_run_of_true(flags: str, longest: int) -> None:
    assert longest_run(np.array([flag == "1" for flag in flags], np.bool_)) == longest
