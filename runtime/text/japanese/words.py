"""The words of a sentence while it is worked out how they are said."""

from __future__ import annotations

from dataclasses import dataclass

from voicepack.runtime.text.japanese.dictionary import Dictionary, Kind

SYMBOL = "記号"
COUNTER, ADVERBIAL, NUMBER = "助数詞", "副詞可能", "数"


@dataclass
class Word:
    """A word. Rules change it in place, as one sound depends on the next.

    Source: the fields of an NJD node of Open JTalk 1.11, as far as sound depends on them.
    """

    text: str
    kind: Kind
    sound: str
    """Katakana; empty for a word that is not said."""
    accent: int
    """The mora the pitch falls after, counted from 1; 0 if it does not fall."""
    num_morae: int
    joining: str = "*"
    """How its accent joins that of the words before."""
    joins: bool | None = None
    """Whether it belongs to the accent phrase of the word before it; None while not decided."""

    @property
    def is_number(self) -> bool:
        """A digit or another numeral."""
        return self.kind.group == NUMBER

    @property
    def counts(self) -> bool:
        """A counter, such as 本, or a word such as 日 that can be counted."""
        return self.kind.subgroup == COUNTER or self.kind.group == ADVERBIAL


def words_of_entry(text: str, entry: int, dictionary: Dictionary) -> list[Word]:
    """Make the word of an entry, or the words of one that is made of several."""
    kind, reading = dictionary.kind(entry), dictionary.reading(entry, text)
    words = []
    parts = zip(reading.sound.split(":"), reading.accent.split(":"), strict=True)
    for sound, accent in parts:
        accented, num_morae = accent.split("/")
        words.append(Word(text, kind, sound, int(accented), int(num_morae), reading.joining))
    for word in words[1:]:
        word.joins = False
    return words


def begins_number(words: list[Word], place: int) -> bool:
    """Tell whether no number stands right before a word."""
    if place == 0:
        return True
    before = words[place - 1]
    return before.kind.part == SYMBOL or not before.is_number
