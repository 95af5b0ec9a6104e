"""The dictionary of Open JTalk: words, how they are said, and what may stand beside what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from voicepack.runtime.text.data_files import load_arrays
from voicepack.runtime.text.japanese.entry_sounds import Integers, Sounds, count_morae
from voicepack.runtime.text.neighbour_costs import unfold_costs
from voicepack.runtime.text.word_trie import WordTrie


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
        words = _columns("japanese_words.npz")
        grammar = _columns("japanese_grammar.npz")
        entries = _columns("japanese_entries.npz")
        letters = words["alphabet"][words["letters"]]
        self._words = WordTrie(letters, words["depths"], words["num_entries"])
        kinds = [line.split("\t") for line in _lines(grammar["kinds"])]
        self._kinds = [Kind(*fields) for _, _, *fields in kinds]
        self._kind_of = entries["kind"]
        self._left, self._right = np.array([[int(left), int(right)] for left, right, *_ in kinds]).T
        self._costs, self._cost_of = entries["costs"], entries["cost"]
        self.connections = unfold_costs(
            grammar["costs_folded"], grammar["like_row"], grammar["like_column"]
        )
        """int16, (left contexts, right contexts): what two words cost side by side."""
        self.characters = grammar["characters"]
        """uint32, (65535,): properties of each character; see `characters`."""
        self.unknown = _ranges(grammar["unknown"].tolist(), len(self._cost_of))
        """The entries that unknown words of each category of characters have."""
        self._sounds = Sounds(entries["kept"], entries["num_added"], entries["added"])
        self._accents = _lines(entries["accents"])
        self._accent_of = entries["accent"]
        self._joinings = _lines(entries["joinings"])
        self._joining_of = entries["joining"]

    def words_in(self, text: str) -> list[list[tuple[int, range]]]:
        """Find the words that begin at each character.

        Returns:
            For each character the words that begin there, shorter ones first: where each ends,
            and its entries.
        """
        found: list[list[tuple[int, range]]] = [[] for _ in text]
        for start, end, entries in self._words.find(text):
            found[start].append((end, entries))
        return found

    def prices(self, entries: Integers) -> Prices:
        """Tell what entries cost, alone and beside others."""
        kinds = self._kind_of[entries]
        return Prices(self._left[kinds], self._right[kinds], self._costs[self._cost_of[entries]])

    def kind(self, entry: int) -> Kind:
        """Tell what an entry is."""
        return self._kinds[int(self._kind_of[entry])]

    def reading(self, entry: int, written: str) -> Reading:
        """Tell how an entry that is written so is said."""
        sound = self._sounds.find(entry, written)
        accents = self._accents[int(self._accent_of[entry])]
        if "/" not in accents:
            parts = zip(accents.split(":"), sound.split(":"), strict=True)
            accents = ":".join(f"{accent}/{count_morae(part)}" for accent, part in parts)
        return Reading(sound, accents, self._joinings[int(self._joining_of[entry])])


@cache
def load_dictionary() -> Dictionary:
    """Load the dictionary; the second time, it is already there."""
    return Dictionary()


def _columns(archive: str) -> dict[str, npt.NDArray[Any]]:
    """Tell the type checker that an archive holds numbers."""
    return dict(load_arrays(archive))


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
