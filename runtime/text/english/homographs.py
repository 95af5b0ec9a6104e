"""Words that are said in two ways, such as "record"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from voicepack.runtime.text.data_files import load_text

Phones = tuple[str, ...]


class Use(Enum):
    """How a word must be used to be said in the first way."""

    VERB = "verb"
    NOUN = "noun"
    ADJECTIVE = "adjective"
    PRESENT = "present"
    PARTICIPLE = "participle"


@dataclass(frozen=True)
class Homograph:
    """A word said in two ways."""

    word: str
    use: Use
    first: Phones
    """Said so when the word is used as `use`."""
    second: Phones
    """Said so otherwise."""


@cache
def homographs() -> dict[str, Homograph]:
    """Every homograph, by word in lower case.

    Source: Park and Kim, g2p_en (github.com/Kyubyong/g2p), homographs.en.
    """
    table = {}
    for line in load_text("english_homographs.txt").splitlines():
        word, first, second, use = line.split("|")
        table[word] = Homograph(word, Use(use), tuple(first.split()), tuple(second.split()))
    return table


def said_as_noun(homograph: Homograph, before: Sequence[str], after: Sequence[str]) -> Phones:
    """Say a homograph as a noun, whatever its neighbours are.

    Upstream asks a tagger, whose data is a download, and takes each word for a noun without it.
    """
    return homograph.first if homograph.use is Use.NOUN else homograph.second
