"""Text to words: the cheapest way through all words that a text can be cut into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from voicepack.runtime.text.japanese.characters import UnknownWords
from voicepack.runtime.text.japanese.dictionary import Dictionary
from voicepack.runtime.text.japanese.entry_sounds import Integers

BORDER = 0
"""Context of the begin and the end of a text."""


def cut_into_words(text: str, dictionary: Dictionary) -> list[tuple[str, int]]:
    """Cut a text into the words that cost least together.

    Args:
        text: Characters of the basic plane.
        dictionary: Where the words and their costs are.

    Returns:
        Each word as it is written, and its entry. Of equal ways the same one is taken as MeCab
        takes.

    Source: MeCab 0.996, viterbi.cpp.
    """
    lattice = Lattice(len(text), dictionary)
    known = dictionary.words_in(text)
    unknown = UnknownWords(text, dictionary)
    for start in range(len(text)):
        if lattice.reaches(start):
            ways = known[start]
            lattice.add(start, [*ways, *unknown.at(start, bool(ways))])
    return [(text[start:end], entry) for start, end, entry in lattice.best_path()]


class Lattice:
    """Words between places of a text, each with the cheapest way to it."""

    def __init__(self, length: int, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._length = length
        self._words: list[tuple[int, int, int, int]] = [(0, 0, -1, -1)]
        """Start, end, entry and the word before on the cheapest way."""
        begin = (np.zeros(1, np.int64), np.full(1, BORDER), np.zeros(1, np.int64))
        self._ending: list[list[tuple[Integers, Integers, Integers]]] = [
            [] for _ in range(length + 1)
        ]
        """For each place the words that end there: numbers, right contexts, costs up to here."""
        self._ending[0].append(begin)

    def reaches(self, place: int) -> bool:
        """Tell whether a word ends at a place."""
        return bool(self._ending[place])

    def add(self, start: int, ways: Sequence[tuple[int, range]]) -> None:
        """Add the words that begin at a place, each behind the cheapest word before it.

        Args:
            start: The place.
            ways: Where words end, and their entries; in MeCab's order.
        """
        entries = np.array([entry for _, group in ways for entry in group])
        prices = self._dictionary.prices(entries)
        before, costs = self._cheapest(start, prices.left)
        costs += prices.alone
        first = len(self._words)
        ends = [end for end, group in ways for _ in group]
        self._words.extend(
            zip([start] * len(ends), ends, entries.tolist(), before.tolist(), strict=True)
        )
        numbers = np.arange(first, len(self._words))
        place = 0
        for end, group in ways:
            part = slice(place, place + len(group))
            self._ending[end].append((numbers[part], prices.right[part], costs[part]))
            place += len(group)

    def best_path(self) -> Iterator[tuple[int, int, int]]:
        """List the words of the cheapest way: start, end, entry."""
        before, _ = self._cheapest(self._length, np.full(1, BORDER))
        path, number = [], int(before[0])
        while number > 0:
            start, end, entry, number = self._words[number]
            path.append((start, end, entry))
        return reversed(path)

    def _cheapest(self, place: int, contexts: Integers) -> tuple[Integers, Integers]:
        """Find the best word before each of several that begin at a place, and the cost to there.

        Of equal words MeCab takes the one that begins last, then the one that was added first.
        """
        groups = self._ending[place][::-1]
        numbers, rights, costs = (
            groups[0] if len(groups) == 1 else map(np.concatenate, zip(*groups, strict=True))
        )
        totals = costs + self._dictionary.connections[contexts[:, None], rights]
        best = totals.argmin(axis=1)
        return numbers[best], totals[np.arange(len(best)), best]
