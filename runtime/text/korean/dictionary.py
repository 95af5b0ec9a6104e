"""The words of Korean: what class each has, and what it costs to read it beside another.

Of the dictionary mecab-ko-dic only what marks need is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from voicepack.runtime.text.data_files import load_arrays
from voicepack.runtime.text.neighbour_costs import unfold_costs
from voicepack.runtime.text.word_trie import WordTrie

Columns = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Prices:
    """What readings of words cost; each is (num_readings,)."""

    left: npt.NDArray[np.uint16]
    """What it is to the word before it: a row of `Dictionary.beside`."""
    right: npt.NDArray[np.uint16]
    """What it is to the word behind it: a column of `Dictionary.beside`."""
    alone: npt.NDArray[np.int16]
    after_space: npt.NDArray[np.uint16]
    """What a space before it adds, in steps of 3000."""
    word_class: npt.NDArray[np.uint16]
    """Index into "-BEP": any other, unit of measure, ending, stem of a verb."""


class Readings:
    """What words can be, each by its number."""

    def __init__(self, columns: Columns) -> None:
        self._kind_of, self._cost_of = columns["kind_of"], columns["cost_of"]
        self._kinds, self._costs = columns["kinds"], columns["costs"]

    def prices(self, readings: npt.NDArray[np.int64]) -> Prices:
        """Tell what readings cost, alone and beside others."""
        left, right, after_space, word_class = self._kinds[self._kind_of[readings]].T
        return Prices(left, right, self._costs[self._cost_of[readings]], after_space, word_class)


@dataclass(frozen=True)
class Characters:
    """How characters that are in no word make one, by their kind."""

    kind: npt.NDArray[np.uint8]
    """(65535,): The kind of each character, an index into the arrays below."""
    always: npt.NDArray[np.bool_]
    """Whether they do so even where the dictionary knows a word."""
    together: npt.NDArray[np.bool_]
    """Whether all that stand together are one word."""
    longest: npt.NDArray[np.uint8]
    """Up to how many characters are also tried as a word."""
    reading: npt.NDArray[np.int64]
    """The number in `Readings` of such a word."""


@dataclass(frozen=True)
class Dictionary:
    """Everything that is needed to tell words apart."""

    words: WordTrie
    """The entries of a word are its readings."""
    readings: Readings
    characters: Characters
    beside: npt.NDArray[np.int16]
    """(lefts, rights): What it costs that one reading follows another; 0 is the end of the text."""


@cache
def dictionary() -> Dictionary:
    """Read the dictionary; the second time, it is already there."""
    data: Columns = dict(load_arrays("korean_dictionary.npz"))
    return Dictionary(
        words=WordTrie(data["alphabet"][data["letters"]], data["depths"], data["num_entries"]),
        readings=Readings(data),
        characters=Characters(
            kind=data["kind"],
            always=data["always"],
            together=data["together"],
            longest=data["longest"],
            reading=data["reading"],
        ),
        beside=unfold_costs(data["costs_folded"], data["like_row"], data["like_column"]),
    )
