"""Pauses that front ends add around what they take for a sentence, and that no part of one has."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from voicepack.runtime.text.front_end import Pronunciation


def without_added_pauses(said: Pronunciation, language: str) -> Pronunciation:
    """Take away what a front end adds to text that stands alone.

    English puts a comma in front of text with fewer than four phones; Korean ends what has no stop
    with one.

    Args:
        said: As the front end said a part of a sentence.
        language: Of the front end.
    """
    phones = said.phones
    if language == "en" and _opening_commas(phones) > _opening_commas(said.normalized):
        phones = phones[1:]
    if language == "ko" and phones[-1:] == (".",) and said.normalized[-1:].isalnum():
        phones = phones[:-1]
    return replace(said, phones=phones)


def _opening_commas(marks: str | tuple[str, ...]) -> int:
    return list(takewhile(lambda mark: mark in (",", " "), marks)).count(",")
