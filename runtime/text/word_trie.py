"""Finds all words of a dictionary in a text at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.integer[Any]]

CODE_BITS = 21
"""Unicode has no code that needs more."""


class WordTrie:
    """Words, each with its entries; those of one word are numbered together, by the words' order.

    Where a word begins as the word before it does, only the rest of it is stored: of "ab", "abc"
    and "ad" the letters a, b, c, d, which stand at the depths 1, 2, 3, 2. Letters of one depth are
    searched together, so that a text takes as many searches as its longest word has letters.
    """

    def __init__(self, letters: Integers, depths: Integers, num_entries: Integers) -> None:
        """Make the trie of sorted words.

        Args:
            letters: (num_nodes,), codes of letters.
            depths: (num_nodes,), counted from 1.
            num_entries: (num_nodes,), of the word that ends with this letter; 0 where none does.
        """
        self._first_entries = np.cumsum(num_entries, dtype=np.int32) - num_entries
        self._num_entries = num_entries
        by_depth = np.argsort(depths, kind="stable").astype(np.int32)
        parents = np.full(1, -1, np.int32)
        self._levels: list[tuple[Integers, Integers]] = []
        for nodes in np.split(by_depth, np.cumsum(np.bincount(depths)[1:-1])):
            places = np.searchsorted(parents, nodes) - 1
            self._levels.append(((places << CODE_BITS) | letters[nodes], nodes))
            parents = nodes

    def find(self, text: str) -> Iterator[tuple[int, int, range]]:
        """Find the words in a text: start, end and entries, by length and then by start."""
        codes = np.array([ord(letter) for letter in text], np.int64)
        starts = np.arange(len(codes))
        places = np.zeros(len(codes), np.int64)
        for length, (steps, nodes) in enumerate(self._levels, start=1):
            goes_on = starts + length <= len(codes)
            starts, places = starts[goes_on], places[goes_on]
            wanted = (places << CODE_BITS) | codes[starts + length - 1]
            places = np.searchsorted(steps, wanted).clip(max=len(steps) - 1)
            known = steps[places] == wanted
            starts, places = starts[known], places[known]
            if not len(starts):
                return
            first, count = self._first_entries[nodes[places]], self._num_entries[nodes[places]]
            for start, entry, number in zip(
                starts.tolist(), first.tolist(), count.tolist(), strict=True
            ):
                if number:
                    yield start, start + length, range(entry, entry + number)
