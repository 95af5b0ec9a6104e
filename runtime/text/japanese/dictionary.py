"""The dictionary of Open JTalk: words, how they are said, and what may stand beside what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from voicepack.runtime.text.data_files import load_arrays
from voicepack.runtime.text.japanese.word_index import Integers, WordIndex


@dataclass(frozen=True)
class Kind:
    """What an entry is: part of speech in four levels, and the form a word is inflected to."""

    part: str
    group: str
    subgroup: str
    name: str
    """Tells family names (姓) from given names (名)."""
    form: str


@dataclass(frozen=True)
class Reading:
    """How an entry is said; parts of an entry that is made of several words stand behind colons."""

    sound: str
    """Katakana; empty where it is not known."""
    accent: str
    """Accented mora / number of morae."""
    joining: str
    """How the accent changes when the entry joins the word before it."""


@dataclass(frozen=True)
class Prices:
    """What entries cost; each is (num_entries,)."""

    left: Integers
    """The context that an entry shows to the word before it."""
    right: Integers
    """The context that an entry shows to the word after it."""
    alone: Integers


class Dictionary:
    """Entries, by number: the ways to take each word."""

    def __init__(self) -> None:
        words = load_arrays("japanese_words.npz")
        grammar = load_arrays("japanese_grammar.npz")
        self._columns = load_arrays("japanese_entries.npz")
        self._index = WordIndex(_integers(words["letters"]), _integers(words["lengths"]))
        self._num_entries = _integers(words["num_entries"])
        self._last_entries = np.cumsum(self._num_entries, dtype=np.int32)
        kinds = [line.split("\t") for line in _lines(grammar["kinds"])]
        self._kinds = [Kind(*fields) for _, _, *fields in kinds]
        self._kind_of = _integers(self._columns["kind"])
        self._left, self._right = np.array([[int(left), int(right)] for left, right, *_ in kinds]).T
        self._cost = _integers(self._columns["cost"])
        self.connections = _integers(grammar["connections"])
        """int16, (left contexts, right contexts): what two words cost side by side."""
        self.characters = _integers(grammar["characters"])
        """uint32, (65535,): properties of each character; see `characters`."""
        self.unknown = _ranges(grammar["unknown"].tolist(), len(self._cost))
        """The entries that unknown words of each category of characters have."""
        self._sound_ends = np.cumsum(_integers(self._columns["sound_lengths"]), dtype=np.int32)
        self._accents = _lines(self._columns["accents"])
        self._joinings = _lines(self._columns["joinings"])

    def words_in(self, text: str) -> list[list[tuple[int, range]]]:
        """Find the words that begin at each character.

        Args:
            text: Characters of the basic plane.

        Returns:
            For each character the words that begin there, shorter ones first: where each ends,
            and its entries.
        """
        found: list[list[tuple[int, range]]] = [[] for _ in text]
        for start, end, word in self._index.find(text):
            last = int(self._last_entries[word])
            found[start].append((end, range(last - int(self._num_entries[word]), last)))
        return found

    def prices(self, entries: Integers) -> Prices:
        """Tell what entries cost, alone and beside others."""
        kinds = self._kind_of[entries]
        return Prices(self._left[kinds], self._right[kinds], self._cost[entries])

    def kind(self, entry: int) -> Kind:
        """Tell what an entry is."""
        return self._kinds[int(self._kind_of[entry])]

    def reading(self, entry: int) -> Reading:
        """Tell how an entry is said."""
        end = int(self._sound_ends[entry])
        start = int(self._sound_ends[entry - 1]) if entry else 0
        return Reading(
            self._columns["sounds"][start:end].tobytes().decode("utf-16-le"),
            self._accents[int(self._columns["accent"][entry])],
            self._joinings[int(self._columns["joining"][entry])],
        )


@cache
def load_dictionary() -> Dictionary:
    """Load the dictionary; the second time, it is already there."""
    return Dictionary()


def _integers(column: npt.NDArray[np.generic]) -> npt.NDArray[Any]:
    """Tell the type checker what a column of an archive holds."""
    return column


def _lines(text: npt.NDArray[np.generic]) -> list[str]:
    return text.tobytes().decode().split("\n")


def _ranges(categories: list[int], num_entries: int) -> dict[int, range]:
    """Say which of the last entries each category has; those of one category stand together."""
    first = num_entries - len(categories)
    return {
        category: range(
            first + categories.index(category),
            first + categories.index(category) + categories.count(category),
        )
        for category in dict.fromkeys(categories)
    }
