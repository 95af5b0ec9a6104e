"""Makes the dictionary of Korean from a public package.

    pip download --no-deps -d packages python-mecab-ko-dic==2.1.1.post2
    python tools/text_data/build_korean_dictionary.py packages runtime/text/data

The same package gives the same file. Its licence is in runtime/text/data/LICENSES.md.
"""

from __future__ import annotations

import argparse
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from archive import by_frequency, write_archive
from folding import fold_costs, trie_arrays

LONGEST = 8
"""Characters of the longest word that is kept."""
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
    """One of the ways to take a word; its neighbours know it by the numbers of the package."""

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
    words = dict(sorted(kept(dict(entries(known, space_costs))).items()))
    names, table = parse_characters(characters)
    of_kind = dict(entries(unknown, space_costs))
    readings = [reading for found in words.values() for reading in found]
    unknown_readings = [of_kind[name][0] for name in names]
    lefts, rights, costs = merge_alike(parse_matrix(matrix))
    write_archive(
        arguments.output / "korean_dictionary.npz",
        {
            **trie_arrays({word: len(found) for word, found in words.items()}),
            **reading_arrays([*readings, *unknown_readings], lefts, rights),
            "reading": np.arange(len(names)) + len(readings),
            **fold_costs(costs),
            **table,
        },
    )


def reading_arrays(
    readings: list[Reading], lefts: npt.NDArray[np.uint16], rights: npt.NDArray[np.uint16]
) -> dict[str, npt.NDArray[np.generic]]:
    """Store what readings are, and their costs, by numbers in tables of all that there are."""
    rows = [
        (lefts[reading.left], rights[reading.right], reading.after_space, reading.word_class)
        for reading in readings
    ]
    counts = Counter(rows)
    kinds = sorted(counts, key=lambda kind: (-counts[kind], kind))
    numbers = {kind: number for number, kind in enumerate(kinds)}
    costs, cost_of = by_frequency(np.array([reading.cost for reading in readings], np.int16))
    return {
        "kinds": np.array(kinds, np.uint16),
        "kind_of": np.array([numbers[row] for row in rows], np.uint16),
        "costs": costs,
        "cost_of": cost_of,
    }


def merge_alike(
    costs: npt.NDArray[np.int16],
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16], npt.NDArray[np.int16]]:
    """Keep rows and columns that are the same once.

    Returns:
        The row that stands for each row, the column that stands for each column, and the table.
    """
    rows, lefts = distinct(costs)
    columns, rights = distinct(rows.T)
    return lefts, rights, columns.T


def distinct(
    rows: npt.NDArray[np.int16],
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.uint16]]:
    """Keep each row once, in the order in which they first come, and number them so."""
    numbers: dict[bytes, int] = {}
    numbered = [numbers.setdefault(row.tobytes(), len(numbers)) for row in rows]
    first = [numbered.index(number) for number in range(len(numbers))]
    return rows[first], np.array(numbered, np.uint16)


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


def kept(words: dict[str, list[Reading]]) -> dict[str, list[Reading]]:
    """Keep the words that may bear a mark or keep another from doing so."""
    return {
        word: sorted(readings)
        for word, readings in words.items()
        if len(word)
        <= (LONGEST if any(reading.word_class for reading in readings) else MOST_NOUN_CHARACTERS)
    }


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
