from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.lexicon_file import parse_lexicon
from voicepack.runtime.text.parts import GivenPhones, Part, ReadAs
from voicepack.runtime.text.sentences import Sentence, sentences
from voicepack.runtime.text.splitting import Split
from voicepack.runtime.text.spoken_parts import say_parts
from voicepack.runtime.text.symbols import symbol_table

SYMBOLS = symbol_table("v2")
LEXICON = parse_lexicon(
    b"""
[en]
Nguyen = "W IH1 N"
"Node.js" = "N OW1 D JH EY1 EH1 S"
"St. Ives" = { say = "Saint Eyeves" }
""",
    "my.toml",
    SYMBOLS,
)
CHONGQING = GivenPhones("重庆", ("ch", "ong2", "q", "ing4"), "zh")
UNIVERSITY = GivenPhones("大学", ("d", "a4", "x", "ve2"), "zh")


def said(text: str, split: Split = Split.CUT5) -> list[Sentence]:
    return list(sentences(text, "en", SYMBOLS, split, LEXICON))


def phones(parts: list[Part]) -> list[str]:
    return [" ".join(part.pronunciation.phones) for part in say_parts(parts, "en", SYMBOLS)]


def test_a_word_of_the_lexicon_is_said_in_its_sentence() -> None:
    (sentence,) = said("We met Nguyen there")
    assert " ".join(sentence.phones) == "W IY1 M EH1 T W IH1 N DH EH1 R ."
    assert sentence.normalized == "We met Nguyen there."
    assert sentence.text == "We met Nguyen there."
    assert SYMBOLS.ids(sentence.phones).tolist() == sentence.ids.tolist()


def test_phones_in_the_text_are_said_in_its_sentence() -> None:
    (sentence,) = said("We met [[W IH1 N]] there")
    assert " ".join(sentence.phones) == "W IY1 M EH1 T W IH1 N DH EH1 R ."
    assert sentence.text == "We met W IH1 N there."


def test_a_mark_inside_a_word_cuts_nothing() -> None:
    assert [sentence.text for sentence in said("We love Node.js. We live in St. Ives.")] == [
        "We love Node.js.",
        " We live in St. Ives.",
    ]


def test_short_english_beside_a_word_gets_no_pause_of_its_own() -> None:
    # English puts a comma in front of what has fewer than four phones: here "the" has two.
    assert phones(["the ", GivenPhones("Nguyen", ("W", "IH1", "N"), "en")]) == ["DH AH0", "W IH1 N"]


def test_a_comma_that_is_written_is_said() -> None:
    assert phones([GivenPhones("N", ("N",)), ", no"]) == ["N", ", N OW1"]


@pytest.mark.parametrize("mark", [",", ".", "!", "?", "-"])
def test_a_mark_between_words_is_said_once(mark: str) -> None:
    assert phones([GivenPhones("N", ("N",)), mark, GivenPhones("N", ("N",))]) == ["N", mark, "N"]


def test_a_comma_that_was_given_is_kept() -> None:
    assert phones([GivenPhones("x", (",", "N"), "en"), " no"]) == [", N", "N OW1"]


def test_only_phones_are_a_sentence() -> None:
    (sentence,) = said("[[W IH1 N W IH1 N]]")
    assert sentence.phones == ("W", "IH1", "N", "W", "IH1", "N", ".")


def test_fewer_than_six_phones_are_said_with_a_stop_in_front() -> None:
    (sentence,) = said("[[W IH1]]")
    assert sentence.phones == (".", "W", "IH1", ".")


def test_a_part_may_be_read_as_another_text() -> None:
    spoken = say_parts([ReadAs("Dr", "doctor", "en")], "en", SYMBOLS)
    assert " ".join(spoken[0].pronunciation.phones) == "D AA1 K T ER0"


def test_chinese_words_beside_each_other_are_one_segment_with_all_counts() -> None:
    (segment,) = say_parts([CHONGQING, UNIVERSITY], "en", SYMBOLS)
    assert (segment.text, segment.language) == ("重庆大学", "zh")
    assert segment.pronunciation.normalized == "重庆大学"
    assert segment.pronunciation.word2ph == (2, 2, 2, 2)


def test_a_word_inside_a_chinese_sentence_leaves_every_character_counted() -> None:
    pytest.importorskip("pypinyin")
    words = parse_lexicon('[zh]\n"重庆" = "ch ong2 q ing4"'.encode(), "my.toml", SYMBOLS)
    (sentence,) = sentences("他们去重庆看大江。", "zh", SYMBOLS, lexicon=words)
    (segment,) = sentence.segments
    assert segment.pronunciation.normalized == "他们去重庆看大江."
    assert segment.pronunciation.word2ph == (2, 2, 2, 2, 2, 2, 2, 2, 1)
    assert " ".join(sentence.phones[4:12]) == "q v4 ch ong2 q ing4 k an4"


def test_phones_that_do_not_divide_are_shared_from_the_front() -> None:
    word = GivenPhones("哪儿", ("n", "a3", "r"), "zh")
    (segment,) = say_parts([word], "en", SYMBOLS)
    assert segment.pronunciation.word2ph == (2, 1)


def test_a_latin_word_of_a_chinese_lexicon_has_no_characters_to_count() -> None:
    (segment,) = say_parts([GivenPhones("GPT", ("j", "i4"), "zh")], "en", SYMBOLS)
    assert segment.pronunciation.word2ph is None


def test_phones_without_a_word_have_no_language_and_no_text_to_read() -> None:
    (segment,) = say_parts([GivenPhones("N", ("N",))], "en", SYMBOLS)
    assert (segment.language, segment.pronunciation.normalized) == ("", "")


def test_a_wrong_phone_in_the_text_is_refused_before_anything_is_said() -> None:
    with pytest.raises(TextError, match="'W7'"):
        sentences("All is well. [[W7]]", "en", SYMBOLS)


@pytest.mark.parametrize("split", Split)
def test_a_text_full_of_words_is_said_in_linear_time(split: Split) -> None:
    text = "Nguyen " * 5_000
    spoken = said(text, split)
    assert sum(sentence.phones.count("W") for sentence in spoken) == 5_000


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Nguyen", "'s", "St. Ives", "[[N]]", "\\[[", ", ", ". ", " a", "\n"])
    ),
    st.sampled_from(Split),
)
def test_any_marked_text_is_said_with_known_phones(pieces: list[str], split: Split) -> None:
    for sentence in said("".join(pieces), split):
        assert len(sentence.ids) == len(sentence.phones) >= 1
        assert set(sentence.phones) <= set(SYMBOLS.symbols)
