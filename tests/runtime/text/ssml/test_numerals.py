from __future__ import annotations

import pytest

from voicepack.runtime.text.ssml.numerals import CANTONESE, CHINESE, KOREAN


@pytest.mark.parametrize(
    ("number", "chinese", "korean"),
    [
        (0, "零", "영"),
        (7, "七", "칠"),
        (10, "十", "십"),
        (11, "十一", "십일"),
        (20, "二十", "이십"),
        (100, "一百", "백"),
        (101, "一百零一", "백일"),
        (110, "一百一十", "백십"),
        (1_000, "一千", "천"),
        (1_001, "一千零一", "천일"),
        (1_010, "一千零一十", "천십"),
        (1_984, "一千九百八十四", "천구백팔십사"),
        (10_000, "一万", "만"),
        (10_500, "一万零五百", "만오백"),
        (15_000, "一万五千", "만오천"),
        (100_005, "十万零五", "십만오"),
        (110_000, "十一万", "십일만"),
        (12_345_678, "一千二百三十四万五千六百七十八", "천이백삼십사만오천육백칠십팔"),
        (100_000_000, "一亿", "일억"),
        (100_000_001, "一亿零一", "일억일"),
        (1_000_000_000_000, "一万亿", "일조"),
    ],
)
def test_numbers_are_said_as_people_say_them(number: int, chinese: str, korean: str) -> None:
    assert CHINESE.cardinal(number) == chinese
    assert KOREAN.cardinal(number) == korean
    assert CANTONESE.cardinal(number) == chinese.replace("万", "萬").replace("亿", "億")


def test_digits_are_said_one_by_one() -> None:
    assert CHINESE.spelled(2024) == "二零二四"
