"""Finds all words of a dictionary in a text at once, by hash."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.integer]
Hashes = npt.NDArray[np.uint64]

INDEX_BITS = np.uint64(20)
"""Words are fewer than 2**20, so a word's number fits below its hash in one integer."""
INDEX_MASK = (np.uint64(1) << INDEX_BITS) - np.uint64(1)
LONGEST_WORD = 34
FACTOR = 0x9E3779B97F4A7C15
"""Odd, so that it can be divided by modulo 2**64."""
INVERSE = pow(FACTOR, -1, 1 << 64)
STARTS_AT_ONCE = 256
"""Places of a text that are looked up together, which bounds the memory."""


class WordIndex:
    """Words, each known by its number.

    A sorted array of hashes takes a tenth of the memory of a `dict` and is made in 0.1 s.
    """

    def __init__(self, letters: npt.NDArray[np.uint16], lengths: Integers) -> None:
        """Index words.

        Args:
            letters: UTF-16 code units of all words, one behind the other.
            lengths: (num_words,).
        """
        self._ends = np.cumsum(lengths, dtype=np.int32)
        self._letters = letters.tobytes().decode("utf-16-le")
        hashes = hash_words(letters, self._ends - lengths, lengths)
        numbered = (hashes << INDEX_BITS) | np.arange(len(hashes), dtype=np.uint64)
        numbered.sort()
        # Whatever is looked up then has a place, even behind the last word.
        self._hashes = np.append(numbered, ~np.uint64(0))

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Find the words in a text: start, end and number, by start and then by end.

        Args:
            text: Characters of the basic plane.
        """
        substrings = SubstringHashes(np.frombuffer(text.encode("utf-16-le"), np.uint16))
        lengths = np.arange(1, min(LONGEST_WORD, len(text)) + 1)
        for first in range(0, len(text), STARTS_AT_ONCE):
            places = np.arange(first, min(first + STARTS_AT_ONCE, len(text)))[:, None]
            rows, columns = np.nonzero(places + lengths <= len(text))
            starts, ends = rows + first, rows + columns + first + 1
            hashes = substrings.of(starts, ends)
            rivals = self._hashes[np.searchsorted(self._hashes, hashes << INDEX_BITS)]
            hits = rivals >> INDEX_BITS == hashes
            words = (rivals[hits] & INDEX_MASK).tolist()
            for start, end, word in zip(
                starts[hits].tolist(), ends[hits].tolist(), words, strict=True
            ):
                if self._letters.startswith(text[start:end], int(self._ends[word]) - end + start):
                    yield start, end, word


def hash_words(letters: npt.NDArray[np.uint16], starts: Integers, lengths: Integers) -> Hashes:
    """Hash words as `SubstringHashes` does, which for so many would take four times as long.

    Returns:
        uint64, (num_words,), of which 44 bits are used.
    """
    hashes = np.zeros(len(starts), np.uint64)
    longer = np.flatnonzero(lengths)
    place = 0
    while len(longer):
        power = np.uint64(pow(FACTOR, place, 1 << 64))
        hashes[longer] += letters[starts[longer] + place] * power
        place += 1
        longer = longer[lengths[longer] > place]
    return _spread(hashes)


class SubstringHashes:
    """Hashes of all substrings of a text, each in constant time.

    Source: Karp and Rabin, "Efficient randomized pattern-matching algorithms", 1987.
    """

    def __init__(self, codes: npt.NDArray[np.uint16]) -> None:
        powers = np.full(len(codes), FACTOR, np.uint64)
        powers[:1] = 1
        np.cumprod(powers, out=powers)
        powers *= codes
        self._sums = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum(powers, out=self._sums[1:])
        self._scales = np.full(len(codes), INVERSE, np.uint64)
        self._scales[:1] = 1
        np.cumprod(self._scales, out=self._scales)

    def of(self, starts: Integers, ends: Integers) -> Hashes:
        """Hash substrings that are not empty.

        Returns:
            uint64, (num_substrings,), of which 44 bits are used.
        """
        return _spread((self._sums[ends] - self._sums[starts]) * self._scales[starts])


def _spread(hashes: Hashes) -> Hashes:
    """Spread the lower bits over the upper ones, and take these, which are the good ones."""
    upper: Hashes = (hashes * np.uint64(FACTOR)) >> INDEX_BITS
    return upper
