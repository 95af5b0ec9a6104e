from __future__ import annotations

import math

import numpy as np
import pytest

from voicepack.quantize.quality.free_run import FreeRun, compare_runs
from voicepack.runtime.phones import Phones
from voicepack.runtime.utterance import Utterance

RATE = 32000
TONE = np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE).astype(np.float32)
EMPTY = np.zeros((1, 1, 1), np.float32)
SPOKEN = Utterance(Phones(np.array([1])), np.array([1, 2, 3, 4]), EMPTY, EMPTY, TONE)


def test_the_same_run_differs_in_nothing() -> None:
    values = compare_runs(SPOKEN, FreeRun(SPOKEN.tokens, TONE), RATE)
    assert values == {
        "token_edit_distance": 0,
        "end_shift": 0,
        "length_change": 0,
        "loops": 0,
        "free_mcd_db": 0,
    }


def test_tokens_are_compared_as_by_hand() -> None:
    # One substitution and two deletions of four tokens.
    values = compare_runs(SPOKEN, FreeRun(np.array([1, 9]), TONE), RATE)
    assert values["token_edit_distance"] == 3 / 4
    assert values["end_shift"] == 2
    assert values["length_change"] == 1 / 2


def test_speech_that_ends_too_late_is_shifted_as_one_that_ends_too_early() -> None:
    longer = compare_runs(SPOKEN, FreeRun(np.arange(1, 8), TONE), RATE)
    shorter = compare_runs(SPOKEN, FreeRun(np.array([1]), TONE), RATE)
    assert longer["end_shift"] == shorter["end_shift"] == 3


def test_a_slower_run_sounds_nearly_the_same() -> None:
    slower = np.concatenate([TONE[: RATE // 2], TONE])
    distance = compare_runs(SPOKEN, FreeRun(SPOKEN.tokens, slower), RATE)["free_mcd_db"]
    assert distance == pytest.approx(0, abs=0.5)


def test_a_run_that_never_ends_sounds_like_nothing() -> None:
    values = compare_runs(SPOKEN, FreeRun(np.zeros(150, np.int64), None), RATE)
    assert values["loops"] == 1
    assert values["free_mcd_db"] == math.inf
