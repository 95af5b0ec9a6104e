"""How characters are read in Cantonese: by the longest known word that they begin."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from voicepack.runtime.text.data_files import load_arrays

Syllables = tuple[str, ...]


def read_characters(text: str) -> Iterator[Syllables]:
    """Read each character of a text.

    Yields:
        For each character its syllables in Jyutping, such as "gwong2": mostly one, two for signs
        such as 糎, none where no reading is known.
    """
    known, longest = _words()
    place = 0
    while place < len(text):
        lengths = range(min(longest, len(text) - place), 0, -1)
        words = (text[place : place + length] for length in lengths)
        word = next((word for word in words if word in known), None)
        if word is None:
            yield ()
            place += 1
        else:
            yield from (tuple(read.split("+")) for read in known[word].split())
            place += len(word)


@cache
def _words() -> tuple[dict[str, str], int]:
    lines = load_arrays("cantonese_readings.npz")["lines"].tobytes().decode().splitlines()
    known = dict(line.split(" ", 1) for line in lines)
    return known, max(map(len, known))
