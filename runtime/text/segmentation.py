"""Which parts of a sentence are said in which language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """A part of a sentence that is said in one language."""

    text: str
    language: str
    """Code of a language with a front end, such as "en"."""


def segments(text: str, language: str) -> tuple[Segment, ...]:
    """Plan in which languages a sentence is said.

    Args:
        text: One sentence.
        language: The language asked for. One that names a front end takes the whole sentence.
    """
    return (Segment(text, language),)
