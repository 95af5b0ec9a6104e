from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.text.korean.numbers import count, read, write_out_numbers

PLACES = {"십": 10, "백": 100, "천": 1000}
GROUPS = {"조": 10**12, "억": 10**8, "만": 10**4}


def value(words: str) -> int:
    """Read Sino-Korean words as a number, by their definition."""
    total = group = digit = 0
    for letter in words:
        if letter in GROUPS:
            total += (group + digit or 1) * GROUPS[letter]
            group = digit = 0
        elif letter in PLACES:
            group += (digit or 1) * PLACES[letter]
            digit = 0
        else:
            digit = "영일이삼사오육칠팔구".index(letter)
    return total + group + digit


@given(st.integers(0, 10**16 - 1))
def test_a_number_is_read_by_its_value(number: int) -> None:
    assert value(read(str(number))) == number


@pytest.mark.parametrize(
    ("digits", "words"),
    [("12500", "만이천오백"), ("1000000000", "일십억"), ("100000000", "일억"), ("0", "영")],
)
def test_numbers_are_read_as_upstream_reads_them(digits: str, words: str) -> None:
    assert read(digits) == words


def test_one_hundred_and_ten_thousand_keeps_its_ten_thousand() -> None:
    assert read("110000") == "십일만"


@pytest.mark.parametrize(
    ("digits", "words"), [("3", "세"), ("20", "스무"), ("25", "스물다섯"), ("123", "백스물세")]
)
def test_things_are_counted_in_korean_words(digits: str, words: str) -> None:
    assert count(digits) == words


def test_the_unit_decides_which_words_are_used() -> None:
    assert write_out_numbers("3시/B 10분/B 2,024원/B 007") == "세시/B 십분/B 이천이십사원/B 영영칠"


def test_a_number_without_a_name_is_read_digit_by_digit() -> None:
    assert write_out_numbers("00개/B") == "영영개/B"
    assert write_out_numbers("1" * 17 + "원/B") == "일" * 17 + "원/B"
