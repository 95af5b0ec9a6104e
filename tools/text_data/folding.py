"""Folds what a dictionary says, so that little of it has to be stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from archive import by_frequency

Array = npt.NDArray[Any]
CELLS_COMPARED = 3
"""Of so many cells one is compared to tell which rows are alike."""


def fold_costs(costs: npt.NDArray[np.int16]) -> dict[str, Array]:
    """Prepare a table for `voicepack.runtime.text.neighbour_costs.unfold_costs`."""
    like_row = most_alike(np.diff(costs, axis=1, prepend=0))
    rows = subtract(costs, like_row)
    like_column = most_alike(rows.T)
    folded = subtract(rows.T, like_column).T
    return {"costs_folded": folded, "like_row": like_row, "like_column": like_column}


def most_alike(rows: Array) -> npt.NDArray[np.uint16]:
    """For each row find the earlier row that has most cells alike; 0 for the first."""
    cells = np.ascontiguousarray(rows[:, ::CELLS_COMPARED])
    alike = [0] + [
        int((cells[:row] == cells[row]).sum(axis=1).argmax()) for row in range(1, len(cells))
    ]
    return np.array(alike, np.uint16)


def subtract(rows: npt.NDArray[np.int16], like: Array) -> npt.NDArray[np.int16]:
    """Subtract from each row but the first another one; what overflows wraps around."""
    folded = rows - rows[like]
    folded[0] = rows[0]
    return folded


def trie_arrays(words: Mapping[str, int]) -> dict[str, Array]:
    """Store words with the number of their entries for `voicepack.runtime.text.word_trie`."""
    letters: list[int] = []
    depths: list[int] = []
    num_entries: list[int] = []
    before = ""
    for word in sorted(words):
        for depth in range(shared(before, word), len(word)):
            letters.append(ord(word[depth]))
            depths.append(depth + 1)
            num_entries.append(0)
        num_entries[-1] = words[word]
        before = word
    alphabet, numbers = by_frequency(np.array(letters, np.uint16))
    return {
        "alphabet": alphabet,
        "letters": numbers,
        "depths": np.array(depths, np.uint8),
        "num_entries": np.array(num_entries, np.uint8),
    }


def shared(one: str, other: str) -> int:
    """Count the letters with which both words begin."""
    pairs: Iterable[tuple[str, str]] = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
