"""A part of a text that is said in one language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter


@dataclass(frozen=True)
class Segment:
    """A part of a sentence that is said in one language."""

    text: str
    language: str
    """Code of a language with a front end, such as "en"."""


def joined(parts: Iterable[Segment]) -> list[Segment]:
    """Make one part of neighbours in the same language."""
    return [
        Segment("".join(part.text for part in group), language)
        for language, group in groupby(parts, key=attrgetter("language"))
    ]
