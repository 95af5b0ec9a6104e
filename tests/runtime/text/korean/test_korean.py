from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicepack.runtime.text.korean import load
from voicepack.runtime.text.symbols import symbol_table

SYMBOLS = symbol_table("v2")
FRONT_END = load(SYMBOLS)


def say(text: str) -> str:
    return "".join(FRONT_END.pronounce(text).phones)


@pytest.mark.parity
def test_sentences_are_said_as_upstream_says_them(upstream_text: dict[str, Any]) -> None:
    cases = upstream_text["sentences"]["ko-v2"]
    said = [FRONT_END.pronounce(case["text"]) for case in cases]
    assert [list(each.phones) for each in said] == [case["phones"] for case in cases]
    assert [each.normalized for each in said] == [case["norm"] for case in cases]


# What upstream's own code says of these, with MeCab.
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("밟아 할 것이다", "ㅂㅏㅂㅏ空ㅎㅏㄹ空ㄲㅓㅅㅣㄷㅏ."),
        ("오늘 날씨가", "ㅇㅗㄴㅡㄹ空ㄹㅏㄹㅆㅣㄱㅏ."),
        ("정답을 찾아야할", "ㅈㅓㅇㄷㅏㅂㅡㄹ空ㅊㅏㅈㅏㅇㅣㅏㅎㅏㄹ."),
    ],
)
def test_quirks_that_voices_have_learned_are_kept(text: str, said: str) -> None:
    assert say(text) == said


# By the standard pronunciation of Korean: articles 9 to 20.
@pytest.mark.parametrize(
    ("written", "sounds_like"),
    [
        ("국물", "궁물"),
        ("신라", "실라"),
        ("같이", "가치"),
        ("놓고", "노코"),
        ("닭", "닥"),
        ("앉다", "안따"),
        ("독립", "동닙"),
        ("꽃이", "꼬치"),
        ("값을", "갑쓸"),
    ],
)
def test_letters_sound_as_the_standard_has_them(written: str, sounds_like: str) -> None:
    assert say(written) == say(sounds_like)


def test_a_verb_tenses_its_ending_and_a_noun_does_not() -> None:
    assert say("아기를 안고") == say("아기를 안꼬")
    assert say("안과") == "ㅇㅏㄴㄱㅗㅏ."


def test_an_ending_that_says_what_will_be_tenses_the_next_word_and_a_noun_does_not() -> None:
    assert say("갈 데") == say("갈 떼")
    assert say("서울 도로") == "ㅅㅓㅇㅜㄹ空ㄷㅗㄹㅗ."


def test_letters_are_spelled_in_korean() -> None:
    assert say("TV") == say("티브이")


def test_what_has_no_sound_is_a_pause() -> None:
    assert say("(★)") == "停停停"


def test_a_table_without_korean_gives_unknown_phones() -> None:
    assert set(load(symbol_table("v1")).pronounce("네").phones) == {"UNK", "."}


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_has_phones_of_the_table(text: str) -> None:
    phones = FRONT_END.pronounce(text).phones
    assert bool(phones) == bool(text)
    assert set(phones) <= set(SYMBOLS.symbols)


@settings(max_examples=40, deadline=None)
@given(st.text("가닭않을할것 수1,개월-.ㅋㅠAé\ud800‮\u1100\u1161\u11a8漢", max_size=40))
def test_any_mixture_of_what_rules_look_for_has_phones(text: str) -> None:
    assert bool(FRONT_END.pronounce(text).phones) == bool(text)


@pytest.mark.parametrize("text", ["가" * 4_000, "1" * 4_000, "할 " * 2_000, "ᆨ" * 4_000])
def test_a_long_text_is_said_in_time_linear_in_its_length(text: str) -> None:
    assert len(FRONT_END.pronounce(text).phones) >= 4_000
