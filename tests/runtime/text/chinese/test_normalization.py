from __future__ import annotations

from collections.abc import Callable

import pytest

from voicepack.runtime.text.chinese.corrections.written import write_out
from voicepack.runtime.text.chinese.normalization import normalize


@pytest.mark.parametrize("put_right", [str, write_out], ids=["alone", "behind corrections"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2024年1月5日", "二零二四年一月五日"),
        ("2020-01-05", "二零二零年一月五日"),
        ("8:05:06", "八点零五分零六秒"),
        ("-5°C", "零下五度"),
        ("1/2", "二分之一"),
        ("-3.5%", "负百分之三点五"),
        ("2.5", "二点五"),
        ("1.2.3版", "一点二点三版"),
        ("100000个", "十万个"),
        ("10010号", "幺零零幺零号"),
        ("2只", "两只"),
        ("30多人", "三十多人"),
        ("100+人", "一百多人"),
        ("10℃~15℃", "十度至十五度"),
        ("x²+1=5", "的二次方加一等于五"),
        ("13800138000", "幺三八零零幺三八零零零"),
        ("繁體字", "繁体字"),
        ("①α", "一阿尔法"),
        ("《你好》——世界～～！！", "你好世界…"),
    ],
)
def test_text_is_written_as_upstream_writes_it(
    put_right: Callable[[str], str], text: str, said: str
) -> None:
    assert normalize(put_right(text)) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,234人", "一,二百三十四人"),
        ("$100", ".幺零零"),
        ("3-5天", "三减五天"),
        ("8:30-12:45", "八点半至十二点半"),
        ("8:00-12:30", "八点至十二点三十分"),
        ("9日—12日", "九日十二日"),
        ("5mm", "五米米"),
        ("100公里", "幺零零公里"),
        ("1000000元", "幺零零零零零零元"),
    ],
)
def test_upstreams_faults_are_kept(text: str, said: str) -> None:
    # Each said so by upstream's own code, GPT-SoVITS 48b1a01.
    assert normalize(text) == said


@pytest.mark.parametrize(
    ("text", "said"), [("5-3=2", "五减三等于二"), ("010-12345678", "零幺零减幺二三四五六七八")]
)
def test_a_dash_between_numbers_that_count_nothing_stays_a_minus(text: str, said: str) -> None:
    assert normalize(text) == said
