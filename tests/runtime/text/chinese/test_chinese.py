from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from work_done import grows_linearly

from voicepack.runtime.text.chinese import ChineseFrontEnd, load
from voicepack.runtime.text.chinese.corrections import load as load_corrected
from voicepack.runtime.text.symbols import symbol_table

FRONT_END = load(symbol_table("v2"))
ODD = "一不儿个哈嗯呣兙囧龘子地1０²٣½.,-~/:%$￥^°℃km \n…。？\ud800😀مあ가"


def say(text: str) -> str:
    return " ".join(FRONT_END.pronounce(text).phones)


@pytest.mark.parity
@pytest.mark.parametrize("table", ["v1", "v2"])
def test_sentences_are_said_as_upstream_says_them(
    upstream_text: dict[str, Any], table: str
) -> None:
    front_end = load(symbol_table(table))
    for case in upstream_text["sentences"][f"zh-{table}"]:
        said = front_end.pronounce(case["text"])
        assert said.normalized == case["norm"]
        assert list(said.phones) == case["phones"]
        assert said.word2ph is not None
        assert list(said.word2ph) == case["word2ph"]


def test_erhua_takes_the_tone_before_it_and_voices_of_the_first_generation_do_without() -> None:
    assert say("他在院儿里") == "t a1 z ai4 y van4 EE er4 l i3"
    first = load(symbol_table("v1")).pronounce("他在院儿里")
    assert " ".join(first.phones) == "t a1 z ai4 y van4 EE er2 l i3"


def test_the_yen_sign_stands_for_a_pause() -> None:
    assert say("好￥好,好") == "h ao3 SP2 h ao3 SP2 h ao3"
    assert say("￥5") == "SP2 w u3"


def test_with_corrections_the_yen_sign_before_digits_stands_for_a_price() -> None:
    front_end = load_corrected(symbol_table("v2"))
    assert " ".join(front_end.pronounce("￥5").phones) == "w u3 y van2"
    assert " ".join(front_end.pronounce("好￥好").phones) == "h ao3 SP2 h ao3"


def test_a_circumflex_stands_for_another_pause() -> None:
    assert say("好^好") == "h ao3 SP3 h ao3"


def test_hums_are_said_by_characters_that_have_a_reading() -> None:
    assert FRONT_END.pronounce("嗯呣").normalized == "恩母"


def test_a_character_without_a_syllable_of_mandarin_is_unknown_and_does_not_vanish() -> None:
    said = FRONT_END.pronounce("一兙")
    assert said.phones[-1] == "UNK"
    assert said.word2ph == (2, 1)


def test_text_with_nothing_to_say_is_a_pause() -> None:
    assert FRONT_END.pronounce("😀 hello").phones == (",",)


class ReadsChang:
    """Reads 长 as chang2 and leaves all else to pypinyin."""

    def readings(self, sentence: str) -> tuple[str | None, ...]:
        return tuple("chang2" if character == "长" else None for character in sentence)


def test_readings_by_context_take_the_place_of_those_of_the_word() -> None:
    front_end = ChineseFrontEnd(symbol_table("v2"), ReadsChang())
    assert say("他长了") == "t a1 zh ang3 l e5"
    assert " ".join(front_end.pronounce("他长了").phones) == "t a1 ch ang2 l e5"


def test_words_that_dictionaries_know_keep_their_reading() -> None:
    front_end = ChineseFrontEnd(symbol_table("v2"), ReadsChang())
    assert " ".join(front_end.pronounce("长大").phones) == "zh ang3 d a4"


@given(st.text(st.sampled_from(ODD), max_size=40) | st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_text_has_phones_and_a_count_for_each_character(text: str) -> None:
    said = FRONT_END.pronounce(text)
    assert said.word2ph is not None
    assert len(said.word2ph) == len(said.normalized)
    assert sum(said.word2ph) == len(said.phones) > 0


@pytest.mark.parametrize("text", ["1", "1-", "(", "哈", "一", "1,000,", "12:30-", "²", "1/"])
def test_work_grows_no_faster_than_the_text(text: str) -> None:
    assert grows_linearly(FRONT_END.pronounce, text, 300)
