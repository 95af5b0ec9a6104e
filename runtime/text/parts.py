"""A text in parts: plain text, and what its writer said about single words.

A lexicon, phones inside the text, and SSML all end in parts, and everything after them knows
nothing else. While text is cut into sentences, one character stands for each part that is not
plain; so a mark inside such a part cuts nothing, and the part stays where it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from voicepack.runtime.errors import TextError

FILLER = "\U000f0000"
"""Follows a stand-in until both are as long as what was written: cutting counts characters."""
FIRST_STAND_IN = 0xF0001
MOST_INSERTS = 0x10FFFF - FIRST_STAND_IN + 1
"""Private-use characters there are for stand-ins."""
PRIVATE = re.compile("[\U000f0000-\U0010ffff]")
STAND_IN = re.compile(f"([\U000f0001-\U0010ffff]){FILLER}*")


@dataclass(frozen=True)
class GivenPhones:
    """A part whose phones are given."""

    text: str
    """As written; the phones themselves where there is no word to them."""
    phones: tuple[str, ...]
    """Symbols of the voice's table, at least one."""
    language: str = ""
    """Language of the word; empty where there is only phones."""


@dataclass(frozen=True)
class ReadAs:
    """A part that is read like another text, or in another language than its neighbours."""

    text: str
    """As written."""
    said: str
    """What is read in its place."""
    language: str


Insert = GivenPhones | ReadAs
Part = str | Insert


@dataclass(frozen=True)
class FoldedText:
    """A text in which a character stands for each insert."""

    text: str
    inserts: Mapping[str, Insert]
    """Stand-in -> what it stands for. Equal inserts share one."""

    def unfold(self, piece: str) -> Iterator[Part]:
        """Give the parts of a piece of the text, none of them empty."""
        # Splitting at a group gives plain text and stand-ins in turn.
        for place, part in enumerate(STAND_IN.split(piece)):
            if place % 2:
                yield self.inserts[part]
            elif part:
                yield part


def fold(parts: Iterable[Part]) -> FoldedText:
    """Put a character in the place of each insert.

    Plain text loses private-use characters of its own, which no language can say.

    Raises:
        TextError: There are more than 131 071 different inserts.
    """
    stand_ins: dict[Insert, str] = {}
    folded = [
        PRIVATE.sub(" ", part) if isinstance(part, str) else _stand_in(part, stand_ins)
        for part in parts
    ]
    return FoldedText("".join(folded), {char: insert for insert, char in stand_ins.items()})


def written(parts: Iterable[Part]) -> str:
    """Give the text of parts as it was written."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def _stand_in(insert: Insert, stand_ins: dict[Insert, str]) -> str:
    if len(stand_ins) == MOST_INSERTS and insert not in stand_ins:
        raise TextError(
            f"More than {MOST_INSERTS} different words with a pronunciation in one text. "
            "Give the text in parts."
        )
    char = stand_ins.setdefault(insert, chr(FIRST_STAND_IN + len(stand_ins)))
    return char + FILLER * (len(insert.text) - 1)
