"""Makes the data file of Cantonese from a public package.

    pip download --no-deps -d packages ToJyutping==3.2.0
    python tools/text_data/build_cantonese.py packages runtime/text/data

The same package gives the same file. Its licence is in runtime/text/data/LICENSES.md.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from archive import write_archive
from packages import read_member

from voicepack.runtime.text.cantonese.normalization import UNSPEAKABLE

ONSETS = ["", *"b p m f d t n l g k ng gw kw w h z c s j".split()]
NUCLEI = "aa a e i o u".split()
CODAS = ["", *"i u m n ng p t k".split()]
RHYMES = [nucleus + coda for nucleus in NUCLEI for coda in CODAS]
RHYMES += "oe oen oeng oet oek eoi eon eot yu yun yut m ng".split()
TONES = 6
# What follows a prefix: letters, readings of two signs a syllable, and a brace that opens or closes
# all that begins alike. Behind "~" the next syllable belongs to the same character.
ENTRY = re.compile(r"([^\x00-\xff]*)((?:[!-z]{2}~?)*)([{}]?)")
SYLLABLE = re.compile("([!-z])([!-z])(~?)")
FIRST_SIGN, SIGNS = ord("!"), 90


def main() -> None:
    """Make the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", type=Path, help="folder with the package")
    parser.add_argument("output", type=Path, help="folder for the data file")
    arguments = parser.parse_args()
    tree = read_member(arguments.packages, "[Tt]o[Jj]yutping", "ToJyutping/trie.txt").decode()
    lines = sorted(
        f"{word} {reading}" for word, reading in words(tree) if not UNSPEAKABLE.search(word)
    )
    text = np.frombuffer("\n".join(lines).encode(), np.uint8)
    write_archive(arguments.output / "cantonese_readings.npz", {"lines": text})


def words(tree: str) -> Iterator[tuple[str, str]]:
    """List the words of the tree, each with the first of its readings."""
    prefixes = [""]
    for match in ENTRY.finditer(tree.removeprefix("{")):
        letters, readings, brace = match.groups()
        if readings:
            word = prefixes[-1] + letters
            yield word, first_reading(readings, len(word))
        if brace == "{":
            prefixes.append(prefixes[-1] + letters)
        elif brace == "}":
            prefixes.pop()


def first_reading(readings: str, characters: int) -> str:
    """Read the first of a word's readings, as in "goeng2 sik1"."""
    read = ""
    for high, low, joined in SYLLABLE.findall(readings):
        read += syllable((ord(high) - FIRST_SIGN) * SIGNS + ord(low) - FIRST_SIGN)
        read += "+" if joined else " "
        if read.count(" ") == characters:
            break
    return read.strip()


def syllable(number: int) -> str:
    """Spell a syllable in Jyutping."""
    onset, rest = divmod(number, len(RHYMES) * TONES)
    rhyme, tone = divmod(rest, TONES)
    return f"{ONSETS[onset]}{RHYMES[rhyme]}{tone + 1}"


if __name__ == "__main__":
    main()
