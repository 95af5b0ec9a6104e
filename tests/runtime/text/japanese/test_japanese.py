from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicepack.runtime.text.japanese import load, say
from voicepack.runtime.text.symbols import symbol_table

FRONT_END = load(symbol_table("v2"))


def phones(text: str) -> str:
    return " ".join(FRONT_END.pronounce(text).phones)


@pytest.mark.parity
@pytest.mark.parametrize("table", ["v1", "v2"])
def test_sentences_are_said_as_upstream_says_them(
    upstream_text: dict[str, Any], table: str
) -> None:
    front_end = load(symbol_table(table))
    cases = upstream_text["sentences"][f"ja-{table}"]
    said = {case["text"]: front_end.pronounce(case["text"]) for case in cases}
    assert {text: list(one.phones) for text, one in said.items()} == {
        case["text"]: case["phones"] for case in cases
    }
    assert [one.normalized for one in said.values()] == [case["norm"] for case in cases]


# What pyopenjtalk 0.4.1 with its dictionary (naist-jdic 1.11) says, through ESPnet's marks.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今日は良い天気ですね", "ky o ] o w a # y o ] i # t e ] N k i d e s u n e"),
        ("行こう", "i [ k o o"),
        ("食べてください", "t a [ b e ] t e # k u [ d a s a ] i"),
        ("東京都知事", "t o [ o ky o o t o ch i ] j i"),
        ("日本人とアメリカ人", "n i [ cl p o N ] j i N t o # a [ m e r i k a ] j i N"),
        ("ｷｬｯﾁコピー", "ky a [ cl ch i k o ] p i i"),
        ("ヴュルツブルク", "by u [ r u ts u b u ] r u g u"),
        ("漢字々", "k a [ N j i"),
        ("あー", "a ] a"),
    ],
)
def test_stretches_are_said_as_open_jtalk_says_them(text: str, expected: str) -> None:
    assert " ".join(say(text)) == expected


def test_where_accent_phrases_meet_voices_know_no_symbol() -> None:
    assert phones("箸と橋") == "h a ] sh i t o UNK h a [ sh i"


def test_voices_of_v1_know_no_pitch() -> None:
    spoken = load(symbol_table("v1")).pronounce("橋")
    assert spoken.phones == ("h", "a", "UNK", "sh", "i")


def test_of_several_marks_the_first_stays() -> None:
    assert FRONT_END.pronounce("え?!.").normalized == "え?"


def test_full_width_marks_are_pauses_and_other_marks_unknown() -> None:
    assert phones("え、え。え！え？") == "e , e . e ! e ?"
    assert phones("「え」") == "UNK e UNK"


def test_spaces_are_silent() -> None:
    assert phones("え え") == "e e"


def test_percent_is_a_word() -> None:
    assert phones("％") == phones("パーセント")


def test_text_with_nothing_to_say_is_a_pause() -> None:
    assert phones("ー") == ","
    assert phones(" ") == ","
    assert FRONT_END.pronounce("").phones == ()


@settings(deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_any_text_is_said(text: str) -> None:
    spoken = FRONT_END.pronounce(text)
    assert bool(spoken.phones) == bool(text)
    assert set(spoken.phones) <= set(symbol_table("v2").symbols)


@settings(deadline=None)
@given(st.text("あいうかっゃんーアヴッ・日本一二十月々1２aＢ٣ 、", max_size=60))
def test_any_japanese_text_is_said(text: str) -> None:
    assert bool(FRONT_END.pronounce(text).phones) == bool(text)


@pytest.mark.parametrize(
    "piece", ["\ud800", "\u202e\u05d0", "\x00", "🙂", "𝟎", "ー", "9", "ァ", "日"]
)
def test_long_hostile_text_is_said(piece: str) -> None:
    assert FRONT_END.pronounce(piece * 3000).phones
