from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.text.chinese.numbers import cardinal, digits, spoken, telephone_digits

VALUES = {character: value for value, character in enumerate("零一二三四五六七八九")}
UNITS = {"十": 10, "百": 100, "千": 1000}


def understand(said: str) -> int:
    """Read a number below 亿亿 back, by the grammar of Chinese numerals."""
    for unit, value in (("亿", 10**8), ("万", 10**4)):
        if unit in said:
            high, _, low = said.rpartition(unit)
            return understand(high) * value + understand(low)
    total = digit = 0
    for character in said:
        if character in UNITS:
            total += (digit or 1) * UNITS[character]
            digit = 0
        else:
            digit = VALUES[character]
    return total + digit


@given(st.integers(0, 10**16 - 1))
def test_a_cardinal_means_the_number_it_says(number: int) -> None:
    assert understand(cardinal(str(number))) == number


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("0", "零"),
        ("000", "零"),
        ("10", "十"),
        ("012", "十二"),
        ("110", "一百一十"),
        ("1001", "一千零一"),
        ("20300", "二万零三百"),
        ("100000000", "一亿"),
    ],
)
def test_cardinals_are_said_as_people_say_them(number: str, said: str) -> None:
    assert cardinal(number) == said


def test_fractions_are_said_digit_by_digit_with_one_zero_at_the_end() -> None:
    assert spoken("3.14") == "三点一四"
    assert spoken("3.200") == "三点二零"
    assert spoken(".5") == "零点五"


def test_one_has_another_name_in_telephone_numbers() -> None:
    assert digits("110") == "一一零"
    assert telephone_digits("110") == "幺幺零"
