from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from work_done import grows_linearly, lines_run

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.lexicon import Lexicon
from voicepack.runtime.text.parts import GivenPhones
from voicepack.runtime.text.sentences import (
    Sentence,
    pieces,
    sentences,
    uncut_sentence,
    verbatim_sentence,
)
from voicepack.runtime.text.splitting import Split
from voicepack.runtime.text.symbols import symbol_table

SYMBOLS = symbol_table("v2")


def said(text: str, split: Split = Split.CUT5) -> list[Sentence]:
    return list(sentences(text, "en", SYMBOLS, split))


@pytest.mark.parity
def test_pieces_are_those_of_upstream(upstream_text: dict[str, Any]) -> None:
    cases = [
        (pieces(case["text"], language, Split(split)), expected)
        for language, cases in upstream_text["mixed"].items()
        for case in cases
        for split, expected in case["pre_seg"].items()
    ]
    assert [ours for ours, _ in cases] == [expected for _, expected in cases]


@pytest.mark.parity
@pytest.mark.parametrize("table", ["v1", "v2"])
def test_an_english_text_has_the_numbers_upstream_gives_it(
    upstream_text: dict[str, Any], table: str
) -> None:
    for case in upstream_text["mixed"]["en"]:
        (sentence,) = sentences(case["text"], "en", symbol_table(table), Split.CUT0)
        assert sentence.ids.tolist() == case["ids"]
        assert sentence.normalized == case["norm"]


def test_a_run_of_marks_is_said_as_its_first() -> None:
    assert [sentence.text for sentence in said("Wait a moment...!? Go there now!!!")] == [
        "Wait a moment.",
        " Go there now!",
    ]


def test_a_short_opening_gets_a_stop_in_front() -> None:
    assert pieces("No, I will not.", "en", Split.CUT0) == [".No, I will not."]
    assert pieces("不，我不去", "zh", Split.CUT0) == ["。不，我不去。"]


def test_pieces_shorter_than_five_characters_join_the_next() -> None:
    assert pieces("Well, yes, no, that is it.", "en", Split.CUT5) == [
        "Well,",
        " yes,",
        " no, that is it.",
    ]


def test_pieces_over_510_characters_are_cut_at_a_mark() -> None:
    clause = "word " * 20 + "end,"
    long = pieces(clause * 10, "en", Split.CUT0)
    assert [len(piece) for piece in long] == [4 * len(clause), 4 * len(clause), 2 * len(clause)]


def test_fewer_than_six_phones_are_said_with_a_stop_in_front() -> None:
    # "Hey." is HH EY1 and the stop: with the leading comma of short English, four phones.
    (sentence,) = said("Hey")
    assert sentence.phones[0] == "."
    assert sentence.phones[-3:] == ("HH", "EY1", ".")


def test_the_first_sentence_is_there_before_the_rest_is_pronounced() -> None:
    text = "A short one. " + "Supercalifragilistic blorfing zyxqwv. " * 2000
    assert next(sentences(text, "en", SYMBOLS)).text == "A short one."
    one = lines_run(lambda: next(sentences(text, "en", SYMBOLS)))
    # Cutting reads the whole text, a character at a time; pronouncing it takes more.
    assert 4 * one < lines_run(lambda: said(text))


def test_verbatim_text_is_neither_cut_nor_prefixed() -> None:
    sentence = verbatim_sentence("Hi. You!", "en", SYMBOLS)
    assert sentence.phones == ("HH", "AY1", ".", "Y", "UW1", "!")
    assert sentence.word2ph is None


def test_verbatim_text_has_upstreams_faults_and_other_text_has_not() -> None:
    # "sentences" of phones.json has this text with this reading.
    text = "Call me at 555-1234 at 3:45 p.m."
    assert verbatim_sentence(text, "en", SYMBOLS).normalized.endswith("forty-five a.m. p.m.")
    (spoken,) = sentences(text, "en", SYMBOLS, Split.CUT0)
    assert spoken.normalized.endswith("at three forty-five p.m.")
    assert uncut_sentence(text, "en", SYMBOLS).normalized.endswith("at three forty-five p.m.")


def test_uncut_text_says_the_words_of_a_lexicon_as_it_does() -> None:
    lexicon = Lexicon({"en": {"you": GivenPhones("You", ("Y", "AE1"), "en")}})
    sentence = uncut_sentence("Hi. You", "en", SYMBOLS, lexicon)
    assert sentence.phones == ("HH", "AY1", ".", "Y", "AE1", ".")


def test_uncut_text_is_one_sentence_that_ends_in_a_stop() -> None:
    sentence = uncut_sentence("Hi. You", "en", SYMBOLS)
    assert sentence.phones == ("HH", "AY1", ".", "Y", "UW1", ".")


def test_uncut_text_of_fewer_than_six_phones_gets_a_stop_in_front() -> None:
    assert uncut_sentence("Hey\n", "en", SYMBOLS).text == ".Hey."


def test_an_unknown_language_is_refused_at_once() -> None:
    with pytest.raises(TextError, match=r"'tlh'.*en"):
        sentences("nuqneH", "tlh", SYMBOLS)


@pytest.mark.parametrize("split", Split)
@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "...", "?!", "\u2026\u2026", "\U0001f600", "\x00\x07", "\ud800\udfff", "- -"],
)
def test_text_with_nothing_to_say_says_nothing(text: str, split: Split) -> None:
    assert said(text, split) == []


def test_text_of_another_script_says_nothing_in_english() -> None:
    assert said("\u4f60\u597d\u4e16\u754c") == []


@pytest.mark.parametrize(
    "pattern",
    [*("a", "1,", "111,", "1.", "a-"), *("$", "1/2", "\ud800a", "1 + ", "a@"), " "],
    ids=repr,
)
def test_long_hostile_text_is_said_with_linear_work(pattern: str) -> None:
    text = (pattern * 20_000)[:20_000] + "a"
    assert all(len(sentence.ids) for sentence in said(text, Split.CUT0))
    assert grows_linearly(lambda text: said(text, Split.CUT0), pattern, 400)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.sampled_from(Split))
def test_any_text_is_said_with_known_phones(text: str, split: Split) -> None:
    for sentence in said(text, split):
        assert len(sentence.ids) == len(sentence.phones) >= 1
        assert set(sentence.phones) <= set(SYMBOLS.symbols)
