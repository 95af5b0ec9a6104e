from __future__ import annotations

import pytest

from voicepack.runtime.text.japanese.accents import joined_accent, parse_joining
from voicepack.runtime.text.japanese.dictionary import Kind
from voicepack.runtime.text.japanese.words import Word

NOUN = Kind("名詞", "一般", "*", "*", "*")


def test_a_rule_may_hold_after_some_parts_of_speech_only() -> None:
    joining = "動詞%F2@1/形容詞%F3@-1"
    assert parse_joining(joining, "動詞") == ("F2", 1)
    assert parse_joining(joining, "形容詞") == ("F3", -1)
    assert parse_joining(joining, "名詞") == ("*", 0)


def test_a_rule_without_condition_always_holds() -> None:
    assert parse_joining("C1", "名詞") == ("C1", 0)
    assert parse_joining("F4@2", "動詞") == ("F4", 2)


# By hand, from the tables of Sagisaka and Sato: a phrase of three morae takes a word of two.
@pytest.mark.parametrize(
    ("joining", "accent", "accent_of_word", "expected"),
    [
        ("*", 2, 1, 2),
        ("F1", 2, 1, 2),
        ("F2@1", 0, 1, 4),
        ("F2@1", 2, 1, 2),
        ("F3@0", 2, 1, 3),
        ("F3@0", 0, 1, 0),
        ("F4@1", 2, 1, 4),
        ("F5", 2, 1, 0),
        ("C1", 2, 1, 4),
        ("C2", 2, 2, 4),
        ("C3", 2, 2, 3),
        ("C4", 2, 1, 0),
        ("C5", 2, 1, 2),
        ("P1", 2, 0, 0),
        ("P1", 2, 1, 4),
        ("P2", 2, 0, 4),
    ],
)
def test_a_word_changes_the_accent_of_the_phrase_it_joins(
    joining: str, accent: int, accent_of_word: int, expected: int
) -> None:
    word = Word("本", NOUN, "ホン", accent_of_word, 2, joining)
    assert joined_accent(accent, 3, word, "名詞") == expected
