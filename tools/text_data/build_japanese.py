"""Makes the data files of Japanese from Open JTalk: its dictionary and its lists of counters.

    apt-get download open-jtalk-mecab-naist-jdic    # 1.11-3, of Debian
    dpkg-deb -x open-jtalk-mecab-naist-jdic_1.11-3_all.deb packages
    pip download --no-deps --no-binary pyopenjtalk -d packages pyopenjtalk==0.4.1
    python tools/text_data/build_japanese.py \
        packages/var/lib/mecab/dic/open-jtalk/naist-jdic \
        packages/pyopenjtalk-0.4.1.tar.gz runtime/text/data

The same packages give the same files. Their licences are in runtime/text/data/LICENSES.md.
"""

from __future__ import annotations

import argparse
import re
import struct
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from archive import by_frequency, write_archive
from folding import fold_costs, shared, trie_arrays

from voicepack.runtime.text.japanese.entry_sounds import AS_WRITTEN, BLOCK, count_morae
from voicepack.runtime.text.japanese.kana import to_katakana

HEADER_BYTES = 72
UNIT = np.dtype([("base", "<i4"), ("check", "<u4")])
TOKEN = np.dtype([(name, "<u2") for name in ("left", "right", "part")]
                 + [("cost", "<i2"), ("feature", "<u4"), ("spare", "<u4")])  # fmt: skip
CATEGORY_BYTES = 32
# Open JTalk is only given lower-case letters, digits, kana and kanji; other words are never met.
REACHABLE = re.compile(r"[\uff41-\uff5a\uff10-\uff19々\u3040-\u30ff\u4e00-\u9fff]+")
MATRIX_PLACE = 4
UNVOICED = "\u2019"
"""Upstream takes vowels that are not voiced for voiced ones."""
RULES = "lib/open_jtalk/src/njd_set_digit/njd_set_digit_rule_utf_8.h"
COUNTERS = re.compile(r"numerative_class(\w+)\[\] = \{(.*?)NULL", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/")
ENTRIES_OF_BLOCK = 64
"""Of each of these blocks the first sound is stored whole."""
READ_PLAINLY = "3"
"""The class of counters that go with ヒト and フタ; it is a list of counters and their readings."""


Kind = tuple[int, int, str, str, str, str, str]
Value = TypeVar("Value", str, Kind)


@dataclass(frozen=True)
class Entry:
    """One way to take a word."""

    surface: str
    kind: Kind
    """Left and right context, part of speech in four levels, and inflected form."""
    cost: int
    sound: str
    """How it is said, in katakana; empty where the dictionary does not say."""
    accent: str
    """Accented mora / morae, for each word it is made of."""
    joining: str
    """How the accent changes when the word follows another."""


def main() -> None:
    """Make every file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dictionary", type=Path, help="folder with sys.dic, unk.dic, ...")
    parser.add_argument("source", type=Path, help="source package of pyopenjtalk")
    parser.add_argument("output", type=Path, help="folder for the data files")
    arguments = parser.parse_args()
    counters = counter_lines(read_rules(arguments.source))
    (arguments.output / "japanese_counters.txt").write_text(counters, encoding="utf-8")
    words = without_losers(read_entries(arguments.dictionary / "sys.dic"))
    words = [entry for entry in words if REACHABLE.fullmatch(entry.surface)]
    unknown = read_entries(arguments.dictionary / "unk.dic")
    entries = [*words, *unknown]
    kinds = numbers_by_frequency(entry.kind for entry in entries)
    write_archive(
        arguments.output / "japanese_words.npz",
        trie_arrays(Counter(entry.surface for entry in words)),
    )
    write_archive(arguments.output / "japanese_entries.npz", entry_arrays(entries, kinds))
    write_archive(
        arguments.output / "japanese_grammar.npz",
        {
            "kinds": text_array("\t".join(map(str, kind)) for kind in kinds),
            **fold_costs(read_connections(arguments.dictionary / "matrix.bin")),
            **character_arrays(arguments.dictionary / "char.bin", unknown),
        },
    )


def read_entries(path: Path) -> list[Entry]:
    """Read a compiled dictionary, in the order of its words and then of its tokens."""
    content = path.read_bytes()
    *_, trie_bytes, token_bytes, feature_bytes, _ = struct.unpack_from("<10I", content)
    trie = np.frombuffer(content, UNIT, trie_bytes // UNIT.itemsize, HEADER_BYTES)
    tokens_at = HEADER_BYTES + trie_bytes
    tokens = np.frombuffer(content, TOKEN, token_bytes // TOKEN.itemsize, tokens_at).tolist()
    features = content[tokens_at + token_bytes :][:feature_bytes]
    found = []
    for surface, value in sorted(words_of_trie(trie)):
        first, count = value >> 8, value & 0xFF
        for left, right, _part, cost, place, _spare in tokens[first : first + count]:
            feature = features[place : features.index(b"\0", place)].decode()
            found.append(parse_entry(surface.decode(), left, right, cost, feature))
    return found


def words_of_trie(trie: npt.NDArray[np.void]) -> Iterator[tuple[bytes, int]]:
    """List the keys and values of a double-array trie."""
    base, check = trie["base"].tolist(), trie["check"].tolist()
    waiting = [(base[0], b"")]
    while waiting:
        place, key = waiting.pop()
        if check[place] == place and base[place] < 0:
            yield key, -base[place] - 1
        for byte in range(256):
            child = place + byte + 1
            if child < len(base) and check[child] == place:
                waiting.append((base[child], key + bytes([byte])))


def parse_entry(surface: str, left: int, right: int, cost: int, feature: str) -> Entry:
    """Take what matters from a feature; a word whose sound is not known ends before it."""
    fields = feature.split(",")
    part, form = fields[:4], fields[5]
    kind = (left, right, part[0], part[1], part[2], part[3], form)
    sound, accent, joining = fields[8:11] if len(fields) == 11 else ("", "", "*")
    if "/" not in accent or "*" in accent:
        sound, accent = "", "0/0"
    return Entry(surface, kind, cost, sound.replace(UNVOICED, ""), accent, joining)


def without_losers(entries: list[Entry]) -> list[Entry]:
    """Leave out what can never win: a dearer entry of the same word and the same contexts."""
    kept = []
    for _, group in groupby(entries, key=lambda entry: entry.surface):
        best: dict[tuple[int, int], Entry] = {}
        for entry in group:
            rival = best.get(entry.kind[:2])
            if rival is None or entry.cost < rival.cost:
                best[entry.kind[:2]] = entry
        kept.extend(best.values())
    return kept


def entry_arrays(
    entries: list[Entry], kinds: dict[Kind, int]
) -> dict[str, npt.NDArray[np.generic]]:
    """Columns of all entries; those of unknown words come last."""
    accents = [short_accent(entry) for entry in entries]
    accent_numbers = numbers_by_frequency(accents)
    joinings = numbers_by_frequency(entry.joining for entry in entries)
    costs, cost = by_frequency(np.array([entry.cost for entry in entries], np.int16))
    return {
        "kind": numbered((entry.kind for entry in entries), kinds),
        "costs": costs,
        "cost": cost,
        "accent": numbered(accents, accent_numbers),
        "joining": numbered((entry.joining for entry in entries), joinings).astype(np.uint8),
        **sound_arrays(entries),
        "accents": text_array(accent_numbers),
        "joinings": text_array(joinings),
    }


def short_accent(entry: Entry) -> str:
    """Leave out the numbers of morae where they can be counted."""
    accents, sounds = entry.accent.split(":"), entry.sound.split(":")
    counted = [str(count_morae(sound)) for sound in sounds]
    if [accent.partition("/")[2] for accent in accents] != counted:
        return entry.accent
    return ":".join(accent.partition("/")[0] for accent in accents)


def sound_arrays(entries: list[Entry]) -> dict[str, npt.NDArray[np.generic]]:
    """Store of each sound what the one before does not tell; see `japanese/entry_sounds.py`."""
    kept, added = [], []
    before = ""
    for number, entry in enumerate(entries):
        if number % ENTRIES_OF_BLOCK == 0:
            before = ""
        if entry.sound == to_katakana(entry.surface):
            kept.append(AS_WRITTEN)
            added.append("")
            continue
        kept.append(shared(before, entry.sound))
        added.append(entry.sound[kept[-1] :])
        before = entry.sound
    letters = [0 if letter == ":" else ord(letter) - BLOCK for part in added for letter in part]
    return {
        "kept": np.array(kept, np.uint8),
        "num_added": np.array([len(part) for part in added], np.uint8),
        "added": np.array(letters, np.uint8),
    }


def numbers_by_frequency(values: Iterable[Value]) -> dict[Value, int]:
    """Number values, the most frequent first."""
    counts = Counter(values)
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    return {value: number for number, value in enumerate(ordered)}


def numbered(values: Iterable[Value], numbers: dict[Value, int]) -> npt.NDArray[np.uint16]:
    """Replace values by their numbers."""
    return np.array([numbers[value] for value in values], np.uint16)


def read_connections(path: Path) -> npt.NDArray[np.int16]:
    """Costs of neighbours, (left context of the right word, right context of the left word)."""
    content = path.read_bytes()
    num_right, num_left = struct.unpack_from("<2H", content)
    costs = np.frombuffer(content, "<i2", num_left * num_right, MATRIX_PLACE)
    return costs.reshape(num_left, num_right)


def character_arrays(path: Path, unknown: list[Entry]) -> dict[str, npt.NDArray[np.generic]]:
    """Properties of each character, and which entries an unknown word of each category has."""
    content = path.read_bytes()
    (num_categories,) = struct.unpack_from("<I", content)
    names = [
        content[4 + CATEGORY_BYTES * i :][:CATEGORY_BYTES].split(b"\0")[0].decode()
        for i in range(num_categories)
    ]
    properties = np.frombuffer(content, "<u4", offset=4 + CATEGORY_BYTES * num_categories)
    return {
        "characters": properties,
        "unknown": np.array([names.index(entry.surface) for entry in unknown], np.uint16),
    }


def read_rules(path: Path) -> str:
    """Read Open JTalk's lists for numbers from the package."""
    with tarfile.open(path) as archive:
        name = next(name for name in archive.getnames() if name.endswith(RULES))
        file = archive.extractfile(name)
        if file is None:
            raise FileNotFoundError(f"{path} has no {RULES}; is it pyopenjtalk 0.4.1?")
        return file.read().decode()


def counter_lines(rules: str) -> str:
    """List the counters of each class, a line for each class."""
    lines = []
    for name, content in COUNTERS.findall(rules):
        listed = re.findall(r'"(.*?)"', COMMENT.sub("", content))
        if name == READ_PLAINLY:
            pairs = zip(listed[::2], listed[1::2], strict=True)
            listed = [f"{counter}/{reading.replace('トオ', 'トー')}" for counter, reading in pairs]
        if listed:
            lines.append(f"{name}\t{' '.join(dict.fromkeys(listed))}\n")
    return "".join(lines)


def text_array(lines: Iterable[str]) -> npt.NDArray[np.uint8]:
    """Keep lines of text as bytes."""
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


if __name__ == "__main__":
    main()
