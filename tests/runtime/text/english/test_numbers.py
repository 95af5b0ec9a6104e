from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.text.english.numbers import cardinal, decimal, integer, ordinal, year


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (21, "twenty-one"),
        (101, "one hundred one"),
        (1005, "one thousand five"),
        (1100, "one thousand, one hundred"),
        (12345, "twelve thousand, three hundred forty-five"),
        (1_000_001, "one million one"),
    ],
)
def test_cardinals_are_those_of_american_english(number: int, said: str) -> None:
    assert cardinal(number) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "first"),
        (12, "twelfth"),
        (20, "twentieth"),
        (33, "thirty-third"),
        (101, "one hundred and first"),
        (1000, "one thousandth"),
        (1234, "one thousand, two hundred and thirty-fourth"),
    ],
)
def test_ordinals_are_those_of_the_library_that_upstream_uses(number: int, said: str) -> None:
    assert ordinal(number) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1066, "ten sixty-six"),
        (1900, "nineteen hundred"),
        (1905, "nineteen oh five"),
        (2000, "two thousand"),
        (2005, "two thousand five"),
        (2024, "twenty twenty-four"),
    ],
)
def test_years_are_said_in_halves(number: int, said: str) -> None:
    assert year(number) == said


def test_a_grouped_number_is_no_year() -> None:
    assert integer("1984") == "nineteen eighty-four"
    assert integer("1,984") == "one thousand, nine hundred eighty-four"


def test_a_number_with_a_fraction_is_no_year() -> None:
    assert decimal("1,234.5") == "one thousand, two hundred thirty-four point five"
    assert decimal("3.14") == "three point one four"
    assert decimal(".5") == "zero point five"


def test_a_number_too_long_for_a_name_is_said_digit_by_digit() -> None:
    assert integer("1" * 40) == " ".join(["one"] * 40)


@given(st.integers(min_value=0, max_value=10**36 - 1))
def test_every_number_with_a_name_is_said_in_words_only(number: int) -> None:
    assert set(cardinal(number)) <= set("abcdefghijklmnopqrstuvwxyz-, ")


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=0, max_value=10**12))
def test_different_numbers_are_said_differently(one: int, other: int) -> None:
    assert (cardinal(one) == cardinal(other)) == (one == other)
