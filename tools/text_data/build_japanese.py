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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

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
READ_PLAINLY = "3"
"""The class of counters that go with ヒト and フタ; it is a list of counters and their readings."""


@dataclass(frozen=True)
class Entry:
    """One way to take a word."""

    surface: str
    kind: tuple[int, int, str, str, str, str, str]
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
    kinds = sorted({entry.kind for entry in entries})
    save(arguments.output / "japanese_words.npz", word_arrays(words))
    save(arguments.output / "japanese_entries.npz", entry_arrays(entries, kinds))
    save(
        arguments.output / "japanese_grammar.npz",
        {
            "kinds": text_array("\t".join(map(str, kind)) for kind in kinds),
            "connections": read_connections(arguments.dictionary / "matrix.bin"),
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


def word_arrays(words: list[Entry]) -> dict[str, npt.NDArray[np.generic]]:
    """Words, sorted, and how many entries each has."""
    groups = [(surface, len(list(group))) for surface, group in groupby(w.surface for w in words)]
    return {
        "letters": np.frombuffer("".join(s for s, _ in groups).encode("utf-16-le"), "<u2"),
        "lengths": np.array([len(surface) for surface, _ in groups], np.uint8),
        "num_entries": np.array([count for _, count in groups], np.uint8),
    }


def entry_arrays(
    entries: list[Entry], kinds: list[tuple[int, int, str, str, str, str, str]]
) -> dict[str, npt.NDArray[np.generic]]:
    """Columns of all entries; those of unknown words come last."""
    accents = sorted({entry.accent for entry in entries})
    joinings = sorted({entry.joining for entry in entries})
    sounds = [entry.sound for entry in entries]
    return {
        "kind": numbered((entry.kind for entry in entries), kinds),
        "cost": np.array([entry.cost for entry in entries], np.int16),
        "accent": numbered((entry.accent for entry in entries), accents),
        "joining": numbered((entry.joining for entry in entries), joinings).astype(np.uint8),
        "sounds": np.frombuffer("".join(sounds).encode("utf-16-le"), "<u2"),
        "sound_lengths": np.array([len(sound) for sound in sounds], np.uint8),
        "accents": text_array(accents),
        "joinings": text_array(joinings),
    }


def numbered(values: Iterable[object], table: Iterable[object]) -> npt.NDArray[np.uint16]:
    """Replace values by their numbers in a table."""
    numbers = {value: number for number, value in enumerate(table)}
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
        "unknown": numbered((entry.surface for entry in unknown), names),
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


def save(path: Path, arrays: dict[str, npt.NDArray[np.generic]]) -> None:
    """Write an archive."""
    np.savez_compressed(path, **arrays)


if __name__ == "__main__":
    main()
