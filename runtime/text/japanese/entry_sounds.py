"""How the entries of the dictionary sound, stored as what the entry before does not tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from voicepack.runtime.text.japanese.kana import to_katakana

Integers = npt.NDArray[np.integer[Any]]

AS_WRITTEN = 255
"""Kept letters of an entry that sounds as it is written; the next one builds on the one before."""
SMALL = "ァィゥェォャュョヮ"
"""Letters that are one mora with the letter before them."""
BLOCK = 0x30A0
"""Unicode's katakana lie behind it; this one itself stands for ":"."""
_LETTERS = {0: ":"} | {letter: BLOCK + letter for letter in range(1, 0x60)}


class Sounds:
    """Sounds in katakana.

    Words are sorted, so neighbours sound alike: of each entry is stored how many letters it keeps
    of the one before, and the letters behind these. Every 64th keeps none, so a look-up is short.
    """

    def __init__(self, kept: Integers, num_added: Integers, added: Integers) -> None:
        """Take the columns of the archive.

        Args:
            kept: uint8, (num_entries,).
            num_added: uint8, (num_entries,).
            added: uint8, (sum of num_added,), codes of katakana less `BLOCK`, 0 for ":".
        """
        self._kept = kept.data
        self._ends = np.cumsum(num_added, dtype=np.int32).data
        self._num_added = num_added.data
        self._added = added.tobytes()

    def find(self, entry: int, written: str) -> str:
        """Say how an entry that is written so sounds."""
        kept = self._kept[entry]
        if kept == AS_WRITTEN:
            return to_katakana(written)
        sound = self._added_to(entry)
        while kept:
            entry -= 1
            if self._kept[entry] < kept:
                sound = self._added_to(entry)[: kept - self._kept[entry]] + sound
                kept = self._kept[entry]
        return sound.decode("latin-1").translate(_LETTERS)

    def _added_to(self, entry: int) -> bytes:
        end = self._ends[entry]
        return self._added[end - self._num_added[entry] : end]


def count_morae(sound: str) -> int:
    """Count the beats of katakana."""
    return sum(letter not in SMALL for letter in sound)
