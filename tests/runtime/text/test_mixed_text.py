"""Sentences of several languages, from text to numbers, and hostile text in every language."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from work_done import grows_linearly

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.modes import MODES, modes_of
from voicepack.runtime.text.sentences import Sentence, sentences, verbatim_sentence
from voicepack.runtime.text.splitting import STOPS, Split
from voicepack.runtime.text.symbols import symbol_table

V1, V2 = symbol_table("v1"), symbol_table("v2")
STOP = V2.ids(["."])[0]
LANGUAGES = ("en", "ja", "ko", "yue", "zh")


def said(text: str, mode: str) -> list[Sentence]:
    return list(sentences(text, mode, V2, Split.CUT0))


@pytest.mark.parity
@pytest.mark.parametrize("mode", MODES)
def test_mixed_text_has_the_numbers_upstream_gives_it(
    upstream_text: dict[str, Any], mode: str
) -> None:
    for case in upstream_text["mixed"].get(mode, []):
        (sentence,) = said(case["text"], mode)
        # The record was made after splitting, which is what ends a text in a stop.
        ending = [] if case["text"][-1] in STOPS else [STOP]
        assert sentence.ids.tolist() == case["ids"] + ending
        assert sentence.normalized.rstrip(".。") == case["norm"].rstrip(".。")


def test_each_segment_keeps_the_counts_of_its_characters() -> None:
    (sentence,) = said("他说OK，然后走了。", "zh")
    chinese, english, more = sentence.segments
    assert [part.language for part in sentence.segments] == ["zh", "en", "zh"]
    assert english.pronunciation.word2ph is None
    for part in (chinese, more):
        counts = part.pronunciation.word2ph or ()
        assert len(counts) == len(part.pronunciation.normalized)
        assert sum(counts) == len(part.pronunciation.phones)


def test_languages_that_a_voice_lacks_are_a_pause_in_mixed_text() -> None:
    (sentence,) = sentences("Hello there 안녕하세요", "auto", V1)
    assert [part.language for part in sentence.segments] == ["en", "ko"]
    assert sentence.segments[1].pronunciation.phones == (",",)


@pytest.mark.parametrize("mode", ["auto", "all_zh", "auto_yue"])
def test_text_as_it_stands_is_of_one_language(mode: str) -> None:
    with pytest.raises(TextError, match=f"'{mode}' tells several languages apart.*such as"):
        verbatim_sentence("你好", mode, V2)


def test_a_language_that_the_voice_lacks_is_refused_as_it_stands() -> None:
    with pytest.raises(TextError, match="'yue' has no phones in symbol table v1"):
        verbatim_sentence("你好", "yue", V1)


HOSTILE = [
    "",
    " ",
    "...",
    "。。。",
    "\x00\x07\x1b",
    "\ud800",
    "\u202e\u200f",
    "😀👨‍👩‍👧",
    "ไทย",
    "\ufeff",
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_text_that_no_language_can_say_raises_nothing(text: str, mode: str) -> None:
    for sentence in [*said(text, mode), *sentences(text, mode, V2)]:
        assert len(sentence.ids) == len(sentence.phones) >= 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_text_that_no_language_can_say_raises_nothing_as_it_stands(
    text: str, language: str
) -> None:
    assert len(verbatim_sentence(text, language, V2).ids) >= 0


ANY_LANGUAGE = st.text(
    alphabet="aZé 你說语のアー한ㅋ嘅5٣０。.,，'?!\t\n/%$￥^~-—…😀Я\ud800\x00々()[]", max_size=30
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=30) | ANY_LANGUAGE, st.sampled_from(sorted(MODES)), st.sampled_from(Split))
def test_any_text_is_said_with_known_phones_in_every_mode(
    text: str, mode: str, split: Split
) -> None:
    for sentence in sentences(text, mode, V2, split):
        assert len(sentence.ids) == len(sentence.phones) >= 1
        assert set(sentence.phones) <= set(V2.symbols)
        assert {part.language for part in sentence.segments} <= set(LANGUAGES)


@settings(max_examples=60, deadline=None)
@given(ANY_LANGUAGE, st.sampled_from(modes_of(V1)))
def test_any_text_is_said_with_the_phones_of_v1(text: str, mode: str) -> None:
    for sentence in sentences(text, mode, V1, Split.CUT0):
        assert set(sentence.phones) <= set(V1.symbols)


@pytest.mark.parametrize("mode", ["auto", *LANGUAGES])
@pytest.mark.parametrize("pattern", ["你好", "の語", "한국", "a5你", "1,", "５。", "…—", "😀 "])
def test_long_text_is_said_with_linear_work(pattern: str, mode: str) -> None:
    assert all(len(sentence.ids) for sentence in said((pattern * 5_000)[:5_000], mode))
    assert grows_linearly(lambda text: said(text, mode), pattern, 200)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["auto", *LANGUAGES])
@pytest.mark.parametrize("pattern", ["你好", "語の한국 ", "a5你,"])
def test_text_of_100_000_characters_is_said(pattern: str, mode: str) -> None:
    text = (pattern * 100_000)[:100_000]
    assert all(len(sentence.ids) for sentence in sentences(text, mode, V2))
