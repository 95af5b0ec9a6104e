"""Makes the dictionary of Korean from a public package.

    pip download --no-deps -d packages python-mecab-ko-dic==2.1.1.post2
    python tools/text_data/build_korean_dictionary.py packages runtime/text/data

The same package gives the same file. Its licence is in runtime/text/data/LICENSES.md.
"""

from __future__ import annotations

import argparse
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voicepack.runtime.text.korean.dictionary import LONGEST, hash_parts

MOST_NOUN_CHARACTERS = 6
"""A longer word without a mark is left out: most are made of shorter ones."""
UNIT, ENDING, STEM = 1, 2, 3
SPACE_COST = 3000
# What a space costs before a word, by its part of speech, as MeCab's settings file has it.
SPACE_COSTS = "left-space-penalty-factor = "
HEADER = struct.Struct("<10I32s")
CHARACTER_KIND, CHARACTER_KINDS = struct.Struct("<32s"), struct.Struct("<I")
NODE = np.dtype([("base", "<i4"), ("check", "<u4")])
TOKEN = np.dtype(
    [(name, "<u2") for name in ("left", "right", "part")]
    + [("cost", "<i2"), ("feature", "<u4"), ("compound", "<u4")]
)


@dataclass(frozen=True, order=True)
class Reading:
    """One of the ways to take a word, as in `voicepack.runtime.text.korean.dictionary`."""

    left: int
    right: int
    after_space: int
    word_class: int
    cost: int


def main() -> None:
    """Make the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", type=Path, help="folder with the package")
    parser.add_argument("output", type=Path, help="folder for the data file")
    arguments = parser.parse_args()
    (wheel,) = arguments.packages.glob("python_mecab_ko_dic-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        folder = "mecab_ko_dic/dictionary"
        settings = archive.read(f"{folder}/dicrc").decode()
        known, unknown, characters, matrix = (
            archive.read(f"{folder}/{name}")
            for name in ("sys.dic", "unk.dic", "char.bin", "matrix.bin")
        )
    space_costs = parse_space_costs(settings)
    words = by_hash(dict(entries(known, space_costs)))
    kinds, table = parse_characters(characters)
    of_kind = dict(entries(unknown, space_costs))
    readings = [reading for _, found in words for reading in found]
    unknown_readings = [of_kind[kind][0] for kind in kinds]
    columns = np.array([astuple(reading) for reading in [*readings, *unknown_readings]]).T
    hashes = np.array([number for number, _ in words], np.uint64)
    np.savez_compressed(
        arguments.output / "korean_dictionary.npz",
        hash_steps=np.diff(hashes, prepend=np.uint64(0)).astype(np.uint32),
        counts=np.array([len(found) for _, found in words], np.uint8),
        left=columns[0].astype(np.uint16),
        right=columns[1].astype(np.uint16),
        after_space=columns[2].astype(np.uint8),
        word_class=columns[3].astype(np.uint8),
        cost=columns[4].astype(np.int16),
        reading=np.arange(len(kinds)) + len(readings),
        beside=parse_matrix(matrix),
        **table,
    )


def parse_space_costs(settings: str) -> dict[int, int]:
    """Read what a space costs before each part of speech, in steps of `SPACE_COST`."""
    line = next(line for line in settings.splitlines() if line.startswith(SPACE_COSTS))
    numbers = [int(number) for number in line.removeprefix(SPACE_COSTS).split(",")]
    return {part: cost // SPACE_COST for part, cost in zip(*[iter(numbers)] * 2, strict=True)}


def entries(data: bytes, space_costs: dict[int, int]) -> Iterator[tuple[str, list[Reading]]]:
    """List the words of a compiled dictionary with their readings."""
    _, _, _, _, _, _, tree_size, token_size, _, _, _ = HEADER.unpack_from(data)
    tree = np.frombuffer(data, NODE, tree_size // NODE.itemsize, HEADER.size)
    at = HEADER.size + tree_size
    tokens = np.frombuffer(data, TOKEN, token_size // TOKEN.itemsize, at)
    features = data[at + token_size :]
    for word, value in leaves(tree):
        first, count = value >> 8, value & 0xFF
        found: dict[Reading, int] = {}
        for left, right, part, cost, feature, _ in tokens[first : first + count].tolist():
            tags = features[feature : features.index(b",", feature)].decode()
            reading = Reading(left, right, space_costs.get(part, 0), word_class(tags), 0)
            found[reading] = min(cost, found.get(reading, cost))
        yield word, [Reading(*astuple(reading)[:-1], cost) for reading, cost in found.items()]


def word_class(tags: str) -> int:
    """Tell which mark a word bears by the last of its tags."""
    last = tags.split("+")[-1]
    if last == "NNBC":
        return UNIT
    return {"E": ENDING, "V": STEM}.get(last[0], 0)


def leaves(tree: npt.NDArray[np.void]) -> Iterator[tuple[str, int]]:
    """List the words of a double-array tree and their values, from each leaf back to the root."""
    base, check = tree["base"].astype(np.int64), tree["check"].astype(np.int64)
    nodes = np.append(0, np.flatnonzero(check))
    inner = nodes[base[nodes] > 0]
    owner = np.zeros(len(tree), np.int64)
    owner[base[inner]] = inner
    ends = nodes[(base[nodes] < 0) & (check[nodes] == nodes)]
    node, letters = owner[check[ends]], []
    while node.any():
        letters.append(np.where(node > 0, node - check[node] - 1, 0).astype(np.uint8))
        node = np.where(node > 0, owner[check[node]], 0)
    rows = np.array(letters[::-1]).T
    for row, value in zip(rows, (-base[ends] - 1).tolist(), strict=True):
        yield row.tobytes().lstrip(b"\0").decode(), value


def by_hash(words: dict[str, list[Reading]]) -> list[tuple[int, list[Reading]]]:
    """Keep the words that may bear a mark or keep another from doing so, in the order of hashes."""
    kept = []
    for word, readings in words.items():
        marked = any(reading.word_class for reading in readings)
        if len(word) <= (LONGEST if marked else MOST_NOUN_CHARACTERS):
            codes = np.array([ord(char) for char in word], np.uint64)
            kept.append((int(hash_parts(codes, len(word))[0]), sorted(readings)))
    return sorted(kept)


def parse_characters(data: bytes) -> tuple[list[str], dict[str, npt.NDArray[np.generic]]]:
    """Read the kinds of characters: their names, and how unknown words are made of them."""
    (count,) = CHARACTER_KINDS.unpack_from(data)
    at = CHARACTER_KINDS.size
    names = [
        CHARACTER_KIND.unpack_from(data, at + kind * CHARACTER_KIND.size)[0].rstrip(b"\0").decode()
        for kind in range(count)
    ]
    flags = np.frombuffer(data, "<u4", -1, at + count * CHARACTER_KIND.size)
    kinds = (flags >> 18) & 0xFF
    _, examples = np.unique(np.append(kinds, np.arange(count)), return_index=True)
    of_kind = np.append(flags, np.zeros(count, np.uint32))[examples]
    return names, {
        "kind": kinds.astype(np.uint8),
        "always": (of_kind >> 31).astype(np.bool_),
        "together": ((of_kind >> 30) & 1).astype(np.bool_),
        "longest": ((of_kind >> 26) & 0xF).astype(np.uint8),
    }


def parse_matrix(data: bytes) -> npt.NDArray[np.int16]:
    """Read what each pair of neighbours costs; (lefts, rights)."""
    rights, lefts = struct.unpack_from("<HH", data)
    return np.frombuffer(data, "<i2", -1, 4).reshape(lefts, rights)


if __name__ == "__main__":
    main()
