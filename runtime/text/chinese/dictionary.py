"""The words of Chinese: 349 000, each with how often it is written and what kind of word it is."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator

import numpy as np

from voicepack.runtime.text.data_files import load_arrays

FIRST = 0x4E00
"""The characters from here to U+9FA5 can stand in words."""
NUM_CHARACTERS = 0x9FA5 - FIRST + 1


class Dictionary:
    """A trie in four arrays, for in a dict of its own this many words take 60 MB and a second.

    Node 0 is the beginning of every word; the children of a node stand together, in the order of
    their characters. Memoryviews give single numbers faster than arrays do.
    """

    def __init__(self) -> None:
        arrays = load_arrays("chinese_dictionary.npz")
        num_children = arrays["num_children"].astype(np.uint32)
        first_children = np.cumsum(num_children, dtype=np.uint32) - num_children + 1
        characters = arrays["alphabet"][arrays["characters"].astype(np.uint16, copy=False)]
        self._characters = characters.data
        self._first_children = first_children.data
        self._num_children = arrays["num_children"].data
        self._counts = arrays["counts"].data
        self._tags = arrays["tags"].data
        self._tag_names: list[str] = arrays["tag_names"].tolist()
        self._log_total = math.log(int(arrays["total"]))
        # Children of node 0 are most of the alphabet, so they are found without a search.
        starts = np.zeros(NUM_CHARACTERS, np.uint32)
        begun = slice(1, 1 + int(num_children[0]))
        starts[characters[begun].astype(np.int64) - FIRST] = np.arange(begun.start, begun.stop)
        self._starts = starts.data

    def __contains__(self, word: str) -> bool:
        return self._counts[self._find(word)] > 0

    def tag(self, word: str) -> str:
        """Say what kind of word it is, such as "n"; "x" is none of the dictionary."""
        node = self._find(word)
        return self._tag_names[self._tags[node]] if self._counts[node] else "x"

    def words_at(self, text: str, start: int) -> Iterator[tuple[int, float]]:
        """Find the words with which a part of a text can begin.

        Yields:
            Where the word ends, and the natural logarithm of its share of all words.
        """
        node = 0
        for end in range(start, len(text)):
            node = self._child(node, text[end])
            if not node:
                return
            if count := self._counts[node]:
                yield end + 1, math.log(count) - self._log_total

    @property
    def log_share_of_unknown(self) -> float:
        """What a character counts that is no word."""
        return -self._log_total

    def _find(self, word: str) -> int:
        node = 0
        for character in word:
            node = self._child(node, character)
            if not node:
                break
        return node

    def _child(self, node: int, character: str) -> int:
        """Step from a node along a character; 0 where no word goes on that way."""
        code = ord(character)
        if not node:
            place = code - FIRST
            return self._starts[place] if 0 <= place < NUM_CHARACTERS else 0
        first = self._first_children[node]
        last = first + self._num_children[node]
        child = bisect_left(self._characters, code, first, last)
        return child if child < last and self._characters[child] == code else 0
