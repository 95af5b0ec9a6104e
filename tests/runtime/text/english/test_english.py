from __future__ import annotations

from typing import Any

import pytest

from voicepack.runtime.text.english import load
from voicepack.runtime.text.english.corrections import load as load_corrected
from voicepack.runtime.text.symbols import symbol_table

FRONT_END = load(symbol_table("v2"))


def say(text: str) -> str:
    return " ".join(FRONT_END.pronounce(text).phones)


@pytest.mark.parity
@pytest.mark.parametrize("table", ["v1", "v2"])
def test_sentences_are_said_as_upstream_says_them(
    upstream_text: dict[str, Any], table: str
) -> None:
    front_end = load(symbol_table(table))
    cases = upstream_text["sentences"][f"en-{table}"]
    ours = [front_end.pronounce(case["text"]) for case in cases]
    assert [list(said.phones) for said in ours] == [case["phones"] for case in cases]
    assert [said.normalized for said in ours] == [case["norm"] for case in cases]


def test_fewer_than_four_phones_get_a_comma_in_front() -> None:
    assert say("Hi.") == ", HH AY1 ."
    assert say("Hello") == "HH AH0 L OW1"


def test_text_without_a_word_is_a_pause() -> None:
    assert say("\u4f60\u597d") == ","
    assert say("...") == ", ."


def test_a_small_a_is_the_article_and_a_capital_the_letter() -> None:
    assert say("plan a, plan A") == "P L AE1 N AH0 , P L AE1 N EY1"


def test_short_unknown_words_are_spelled() -> None:
    assert say("AI") == ", EY1 AY1"
    assert say("a GPU") == "AH0 JH IY1 P IY1 Y UW1"


def test_compounds_are_said_by_their_words() -> None:
    assert say("voicepack") == "V OY1 S P AE1 K"


@pytest.mark.parametrize(
    ("word", "ending"), [("Zorp's", "S"), ("Blish's", "AH0 Z"), ("Grobb's", "Z")]
)
def test_the_possessive_sounds_as_the_last_phone_wants(word: str, ending: str) -> None:
    assert say(word).endswith(ending)


def test_an_apostrophe_that_stands_alone_is_a_dash() -> None:
    assert say("the dogs' park") == "DH AH0 D AA1 G Z - P AA1 R K"


def test_without_corrections_each_homograph_is_taken_for_a_noun() -> None:
    # Upstream's conditions of the reference data: no tagger, so every word is tagged NN.
    assert say("to record it") == "T UW1 R EH1 K ER0 D IH1 T"
    assert say("I read") == "AY1 R EH1 D"


def test_without_corrections_a_new_word_is_spelled_or_guessed() -> None:
    assert say("a gif") == "AH0 JH IY1 AY1 EH1 F"
    assert load_corrected(symbol_table("v2")).pronounce("a gif").phones == ("AH0", "G", "IH1", "F")
