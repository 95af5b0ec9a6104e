from __future__ import annotations

import pytest

from voicepack.runtime.text.chinese.corrections.written import write_out
from voicepack.runtime.text.chinese.normalization import normalize


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,234,567人", "一百二十三万四千五百六十七人"),
        ("$1,234.5", "一千二百三十四点五美元"),
        ("¥100-200", "一百到二百元"),
        ("100€", "一百欧元"),
        ("3-5天", "三到五天"),
        ("2020-2023年", "二零二零到二零二三年"),
        ("3%-5%", "百分之三到百分之五"),
        ("3-5%", "百分之三到百分之五"),
        ("5℃-10℃", "五度到十度"),
        ("8:30-12:45", "八点半至十二点四十五分"),
        ("120km/h", "一百二十千米每小时"),
        ("75μg/m³", "七十五微克每立方米"),
        ("5mm", "五毫米"),
        ("100公里", "一百公里"),
        ("1000000元", "一百万元"),
        ("-10000000元", "负一千万元"),
        ("什麼", "什么"),
    ],
)
def test_what_upstream_says_wrong_is_said_right(text: str, said: str) -> None:
    assert normalize(write_out(text)) == said


@pytest.mark.parametrize(
    ("text", "said"), [("5-3=2", "五减三等于二"), ("010-12345678", "零幺零减幺二三四五六七八")]
)
def test_a_dash_between_numbers_that_count_nothing_stays_a_minus(text: str, said: str) -> None:
    assert normalize(write_out(text)) == said


def test_a_sign_of_a_pause_is_left_for_the_front_end() -> None:
    assert write_out("好^3好￥好") == "好^三好￥好"
