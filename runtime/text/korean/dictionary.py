"""The words of Korean: what class each has, and what it costs to read it beside another.

Of the dictionary mecab-ko-dic only what marks need is kept: no word is spelled out, each is found
by the hash of its characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from voicepack.runtime.text.data_files import load_arrays

LONGEST = 8
"""Characters of the longest word."""
HASH_BITS = 44
"""So many that one text in a hundred thousand words is taken for a word that it is not."""
_FACTOR, _MIXER = np.uint64(0x100000001B3), np.uint64(0x9E3779B97F4A7C15)
IntArray = npt.NDArray[np.int64]
HashArray = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Readings:
    """What words can be, one entry a reading."""

    left: npt.NDArray[np.uint16]
    """What it is to the word before it: a row of `Dictionary.beside`."""
    right: npt.NDArray[np.uint16]
    """What it is to the word behind it: a column of `Dictionary.beside`."""
    cost: npt.NDArray[np.int16]
    after_space: npt.NDArray[np.uint8]
    """What a space before it adds to its cost, in steps of 3000."""
    word_class: npt.NDArray[np.uint8]
    """Index into "-BEP": any other, unit of measure, ending, stem of a verb."""


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
    """The entry of `Readings` for such a word."""


@dataclass(frozen=True)
class Dictionary:
    """Everything that is needed to tell words apart."""

    hashes: HashArray
    """Of each word, ascending."""
    first: IntArray
    """(words + 1,): Where in `readings` those of each word begin."""
    readings: Readings
    characters: Characters
    beside: npt.NDArray[np.int16]
    """(lefts, rights): What it costs that one reading follows another; 0 is the end of the text."""


@cache
def dictionary() -> Dictionary:
    """Read the dictionary; the second time, it is already there."""
    data = load_arrays("korean_dictionary.npz")
    return Dictionary(
        hashes=np.cumsum(data["hash_steps"], dtype=np.uint64),
        first=np.append(0, np.cumsum(data["counts"], dtype=np.int64)),
        readings=Readings(
            left=data["left"].astype(np.uint16, copy=False),
            right=data["right"].astype(np.uint16, copy=False),
            cost=data["cost"].astype(np.int16, copy=False),
            after_space=data["after_space"].astype(np.uint8, copy=False),
            word_class=data["word_class"].astype(np.uint8, copy=False),
        ),
        characters=Characters(
            kind=data["kind"].astype(np.uint8, copy=False),
            always=data["always"].astype(np.bool_, copy=False),
            together=data["together"].astype(np.bool_, copy=False),
            longest=data["longest"].astype(np.uint8, copy=False),
            reading=data["reading"].astype(np.int64, copy=False),
        ),
        beside=data["beside"].astype(np.int16, copy=False),
    )


def hash_parts(codes: HashArray, length: int) -> HashArray:
    """Hash each part of a text that has this length.

    Args:
        codes: uint64, (characters,): The code of each character.
        length: Characters of a part, at least 1 and at most those of the text.

    Returns:
        uint64, (characters - length + 1,), below 2 ** HASH_BITS.
    """
    count = len(codes) - length + 1
    mixed = np.full(count, length, np.uint64)
    for offset in range(length):
        mixed = (mixed * _FACTOR) ^ codes[offset : offset + count]
    return (mixed * _MIXER) >> np.uint64(64 - HASH_BITS)
