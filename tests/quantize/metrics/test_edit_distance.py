from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.quantize.metrics.edit_distance import (
    edit_distance,
    end_of_speech_shift,
    normalized_edit_distance,
)
from voicepack.runtime.phones import IntArray

TOKENS = st.lists(st.integers(0, 3), max_size=12).map(lambda t: np.array(t, np.int64))


def letters(word: str) -> IntArray:
    return np.array([ord(letter) for letter in word], np.int64)


def by_definition(a: tuple[int, ...], b: tuple[int, ...]) -> int:
    """Fill Wagner and Fischer's table cell by cell."""
    table = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
            )
    return table[-1][-1]


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("kitten", "sitting", 3),
        ("saturday", "sunday", 3),
        ("intention", "execution", 5),
        ("", "abc", 3),
        ("abc", "", 3),
        ("", "", 0),
    ],
)
def test_distance_of_textbook_words(one: str, other: str, distance: int) -> None:
    assert edit_distance(letters(one), letters(other)) == distance


@given(TOKENS, TOKENS)
def test_distance_agrees_with_the_table_filled_cell_by_cell(a: IntArray, b: IntArray) -> None:
    assert edit_distance(a, b) == by_definition(tuple(a), tuple(b))


@given(TOKENS, TOKENS)
def test_distance_is_symmetric(a: IntArray, b: IntArray) -> None:
    assert edit_distance(a, b) == edit_distance(b, a)


@given(TOKENS, TOKENS, TOKENS)
def test_detour_is_never_shorter(a: IntArray, b: IntArray, c: IntArray) -> None:
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


@given(TOKENS, TOKENS)
def test_distance_is_zero_only_for_equal_sequences(a: IntArray, b: IntArray) -> None:
    assert (edit_distance(a, b) == 0) == np.array_equal(a, b)


def test_normalized_distance_is_one_where_nothing_is_shared() -> None:
    assert normalized_edit_distance(letters("abc"), letters("vwxyz")) == 1


def test_normalized_distance_of_kitten_and_sitting() -> None:
    assert normalized_edit_distance(letters("kitten"), letters("sitting")) == 3 / 7


def test_two_empty_sequences_are_equal() -> None:
    assert normalized_edit_distance(letters(""), letters("")) == 0


def test_end_of_speech_shift_is_negative_when_speech_ends_early() -> None:
    assert end_of_speech_shift(letters("abcde"), letters("abc")) == -2
