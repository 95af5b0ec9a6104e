from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicepack.runtime.text.cantonese import load
from voicepack.runtime.text.cantonese.corrections import load as load_corrected
from voicepack.runtime.text.symbols import symbol_table

SYMBOLS = symbol_table("v2")
FRONT_END = load(SYMBOLS)


def say(text: str) -> str:
    return " ".join(FRONT_END.pronounce(text).phones)


@pytest.mark.parity
def test_sentences_are_said_as_upstream_says_them(upstream_text: dict[str, Any]) -> None:
    cases = upstream_text["sentences"]["yue-v2"]
    said = [FRONT_END.pronounce(case["text"]) for case in cases]
    assert [list(each.phones) for each in said] == [case["phones"] for case in cases]
    assert [each.normalized for each in said] == [case["norm"] for case in cases]
    assert [list(each.word2ph or ()) for each in said] == [case["word2ph"] for case in cases]


def test_with_corrections_numbers_are_said_as_those_of_mandarin_are() -> None:
    front_end = load_corrected(SYMBOLS)
    assert front_end.pronounce("3-5日").normalized == "三到五日"
    # Traditional 麼 is read as it is written, and not as Mandarin's 么.
    assert front_end.pronounce("怎麼") == FRONT_END.pronounce("怎麼")


def test_a_syllable_is_cut_behind_the_first_start_that_fits() -> None:
    assert say("去") == "Yh Yeoi3"
    assert say("五") == "Yng Yg5"
    assert say("唔") == "Ym Ym4"


def test_the_longest_word_decides_how_a_character_is_read() -> None:
    assert say("長大") == "Yz Yoeng2 Yd Yaai6"
    assert say("好長") == "Yh You2 Yc Yoeng4"


def test_a_sign_of_two_syllables_is_said_in_full() -> None:
    pronounced = FRONT_END.pronounce("糎")
    assert " ".join(pronounced.phones) == "Yl Yei4 Ym Yai5"
    assert pronounced.word2ph == (4,)


def test_text_without_a_character_is_a_pause() -> None:
    assert say("Hello 😀") == ","


def test_a_table_without_cantonese_gives_unknown_phones() -> None:
    assert load(symbol_table("v1")).pronounce("你好。").phones == ("UNK",) * 4 + (".",)


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        st.one_of(
            st.characters(codec=None), st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
        ),
        max_size=60,
    )
)
def test_each_character_of_any_text_has_its_phones(text: str) -> None:
    pronounced = FRONT_END.pronounce(text)
    assert pronounced.word2ph is not None
    assert len(pronounced.word2ph) == len(pronounced.normalized)
    assert sum(pronounced.word2ph) == len(pronounced.phones) > 0
    assert set(pronounced.phones) <= set(SYMBOLS.symbols)


@pytest.mark.parametrize("text", ["好" * 4_000, "…" * 4_000, "長" * 4_000])
def test_a_long_text_is_said_in_time_linear_in_its_length(text: str) -> None:
    assert len(FRONT_END.pronounce(text).phones) >= 4_000
