from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.runaway import Repetition, RepetitionDetector

GREETING = [31, 4, 15, 9, 26, 5, 35, 8, 97, 93]


def first_alarm(tokens: Sequence[int]) -> int | None:
    """Count the tokens up to the one that raised the alarm."""
    detector = RepetitionDetector()
    return next((i for i, token in enumerate(tokens, 1) if detector.push(token)), None)


def loops_by_definition(tokens: Sequence[int]) -> bool:
    """Compare the tail with itself for every period, as the docstring defines a loop."""
    return any(
        len(tokens) >= length
        and all(tokens[-i] == tokens[-i - period] for i in range(1, length - period + 1))
        for period in range(1, 65)
        for length in [max(100, 8 * period)]
    )


def test_two_seconds_of_one_token_are_speech() -> None:
    assert first_alarm(GREETING + [7] * 50 + GREETING) is None


def test_four_seconds_of_one_token_are_a_loop() -> None:
    assert first_alarm(GREETING + [7] * 200) == len(GREETING) + 100


def test_a_phrase_of_ten_tokens_is_a_loop_after_ten_times() -> None:
    assert first_alarm([1, 2, 3] + GREETING * 12) == 3 + 100


def test_a_phrase_of_forty_tokens_is_a_loop_after_eight_times() -> None:
    assert first_alarm([*range(100, 140)] * 10) == 8 * 40


def test_a_phrase_said_four_times_is_speech() -> None:
    assert first_alarm([*range(100, 160)] * 4) is None


def test_one_different_token_begins_the_count_again() -> None:
    assert first_alarm([7] * 99 + [8] + [7] * 99) is None


def test_period_longer_than_the_detector_looks_is_no_loop() -> None:
    assert first_alarm([*range(65)] * 20) is None


def test_loop_is_described_by_its_smallest_period_and_whole_length() -> None:
    detector = RepetitionDetector()
    for token in GREETING + [7, 7, 8] * 40:
        detector.push(token)
    assert detector.repetition == Repetition(period=3, num_tokens=120)


def test_repetition_is_none_while_there_is_no_loop() -> None:
    detector = RepetitionDetector()
    detector.push(7)
    assert detector.repetition is None


def test_alarm_ends_with_the_loop() -> None:
    detector = RepetitionDetector()
    for _ in range(150):
        detector.push(7)
    assert not detector.push(8)


def test_random_tokens_are_never_a_loop() -> None:
    tokens = np.random.default_rng(0).integers(0, 1024, 1500)
    assert first_alarm(tokens.tolist()) is None


@given(
    st.lists(st.integers(0, 1), max_size=20),
    st.lists(st.integers(0, 1), min_size=1, max_size=14),
    st.integers(80, 120),
)
def test_alarm_agrees_with_the_definition(lead: list[int], phrase: list[int], size: int) -> None:
    tokens = lead + (phrase * size)[:size]
    detector = RepetitionDetector()
    alarms = [detector.push(token) for token in tokens]
    assert alarms[-1] == loops_by_definition(tokens)


@pytest.mark.parametrize("period", [1, 2, 3, 12, 13, 64])
def test_every_period_is_found(period: int) -> None:
    assert first_alarm([*range(period)] * 100) == max(100, 8 * period)
