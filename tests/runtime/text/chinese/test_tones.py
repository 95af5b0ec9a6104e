from __future__ import annotations

import pytest

from voicepack.runtime.text.chinese import load
from voicepack.runtime.text.symbols import symbol_table

FRONT_END = load(symbol_table("v2"))


def tones(text: str) -> str:
    return "".join(phone[-1] for phone in FRONT_END.pronounce(text).phones[1::2])


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("你好", "23"),
        ("纸老虎", "323"),
        ("蒙古包", "231"),
        ("不怕", "24"),
        ("看不懂", "453"),
        ("一天", "41"),
        ("一段", "24"),
        ("第一", "41"),
        ("看一看", "454"),
        ("奶奶", "35"),
        ("他们", "15"),
        ("麻烦", "25"),
        ("出去", "15"),
        ("一个", "25"),
    ],
)
def test_tones_change_as_textbooks_have_it(text: str, spoken: str) -> None:
    assert tones(text) == spoken
