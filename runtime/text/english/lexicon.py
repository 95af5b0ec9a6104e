"""The pronouncing dictionary: 126 000 words of CMUdict in 0.8 megabytes."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from functools import lru_cache

from voicepack.runtime.text.data_files import load_arrays

Phones = tuple[str, ...]

FIRST_SIGN = ord("!")
"""The phones of a word are signs, this one for the first phone of the list."""


class Lexicon:
    """Words in order, in compressed blocks; a block is opened when one of its words is asked for.

    A parsed dictionary of this size would take 40 MB and half a second; this takes one megabyte
    and a few milliseconds, and a first look at a block 50 microseconds.
    """

    def __init__(self) -> None:
        arrays = load_arrays("english_lexicon.npz")
        self._phones: list[str] = arrays["phones"].tolist()
        self._first_words: list[bytes] = arrays["first_words"].tolist()
        self._offsets: list[int] = arrays["offsets"].tolist()
        self._blocks = arrays["blocks"].tobytes()
        self._open_block = lru_cache(maxsize=64)(self._read_block)

    def __contains__(self, word: str) -> bool:
        return self.find(word) is not None

    def find(self, word: str) -> Phones | None:
        """Look up a word in lower case; None where the dictionary lacks it."""
        block = bisect_right(self._first_words, word.encode()) - 1
        if block < 0:
            return None
        said = self._open_block(block).get(word)
        if said is None:
            return None
        return tuple(self._phones[ord(sign) - FIRST_SIGN] for sign in said)

    def _read_block(self, block: int) -> dict[str, str]:
        packed = self._blocks[self._offsets[block] : self._offsets[block + 1]]
        lines = zlib.decompress(packed).decode("ascii").split("\n")
        return dict(line.split("\t") for line in lines)
