"""Makes the data files of Chinese from public packages.

    pip download --no-deps --no-binary jieba -d packages jieba==0.42.1 paddlespeech==1.5.0
    python tools/text_data/build_chinese.py packages runtime/text/data

The same packages give the same files. Their licences are in runtime/text/data/LICENSES.md.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from archive import by_frequency, write_archive
from packages import read_member

FRONT_END = "paddlespeech/t2s/frontend"
FIRST, LAST = "\u4e00", "\u9fa5"
"""The characters that normalized text may hold."""
NEVER = -3.14e100
"""jieba's logarithm of what does not happen."""


def main() -> None:
    """Make every file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", type=Path, help="folder with the two packages")
    parser.add_argument("output", type=Path, help="folder for the data files")
    arguments = parser.parse_args()
    build_simplified(arguments.packages, arguments.output)
    build_word_lists(arguments.packages, arguments.output)
    build_readings(arguments.packages, arguments.output)
    build_words(arguments.packages, arguments.output)
    build_tagged_characters(arguments.packages, arguments.output)
    build_cut_characters(arguments.packages, arguments.output)


def build_simplified(packages: Path, output: Path) -> None:
    """Write the characters that have a simplified form, and below each that form."""
    source = read_member(packages, "paddlespeech", f"{FRONT_END}/zh_normalization/char_convert.py")
    simplified = literal(source, "simplified_charcters")
    traditional = literal(source, "traditional_characters")
    # Where a character stands there twice, the last entry counts.
    pairs = dict(zip(traditional, simplified, strict=True))
    changed = {old: new for old, new in sorted(pairs.items()) if old != new}
    text = "".join(changed) + "\n" + "".join(changed.values()) + "\n"
    (output / "chinese_simplified.txt").write_text(text, encoding="utf-8")


# What upstream's edition of the list has, and what it has not.
ALSO_NEUTRAL = "不在 学生 情形 打点 老头 老太"
NOT_NEUTRAL = "别人 将军 戏弄"


def build_word_lists(packages: Path, output: Path) -> None:
    """Write the words whose last syllable is neutral or a 儿, and those where it is not."""
    sandhi = read_member(packages, "paddlespeech", f"{FRONT_END}/tone_sandhi.py")
    front_end = read_member(packages, "paddlespeech", f"{FRONT_END}/zh_frontend.py")
    neutral = set(literal(sandhi, "self.must_neural_tone_words"))
    lists = {
        "neutral": (neutral | set(ALSO_NEUTRAL.split())) - set(NOT_NEUTRAL.split()),
        "not_neutral": literal(sandhi, "self.must_not_neural_tone_words"),
        "erhua": literal(front_end, "self.must_erhua"),
        "not_erhua": literal(front_end, "self.not_erhua"),
    }
    lines = [f"{name}: {' '.join(sorted(words))}\n" for name, words in lists.items()]
    (output / "chinese_words.txt").write_text("".join(lines), encoding="utf-8")


def build_readings(packages: Path, output: Path) -> None:
    """Write the words that dictionaries read wrong, each with its pinyin."""
    source = read_member(packages, "paddlespeech", f"{FRONT_END}/polyphonic.yaml").decode("utf-8")
    entries = [line.strip().split(": ") for line in source.splitlines()[1:] if line.strip()]
    lines = [f"{word} {' '.join(ast.literal_eval(pinyin))}\n" for word, pinyin in sorted(entries)]
    (output / "chinese_readings.txt").write_text("".join(lines), encoding="utf-8")


def build_words(packages: Path, output: Path) -> None:
    """Store jieba's dictionary as a trie: nodes by depth, the children of each together."""
    lines = read_member(packages, "jieba", "jieba/dict.txt").decode("utf-8").splitlines()
    entries = {word: (int(count), tag) for word, count, tag in map(str.split, lines)}
    total = sum(int(line.split()[1]) for line in lines)
    words = {word: entry for word, entry in entries.items() if is_chinese(word)}
    nodes = {word[:length] for word in words for length in range(1, len(word) + 1)}
    ordered = ["", *sorted(nodes, key=lambda node: (len(node), node))]
    children = dict.fromkeys(ordered, 0)
    for node in ordered[1:]:
        children[node[:-1]] += 1
    tags = sorted({tag for _, tag in words.values()})
    found = [words.get(node, (0, tags[0])) for node in ordered]
    alphabet, characters = by_frequency(np.array([ord(node[-1:] or "\0") for node in ordered]))
    write_archive(
        output / "chinese_dictionary.npz",
        {
            "alphabet": alphabet.astype(np.uint16),
            "characters": characters,
            "num_children": np.array([children[node] for node in ordered], np.uint16),
            "counts": np.array([count for count, _ in found], np.uint32),
            "tags": np.array([tags.index(tag) for _, tag in found], np.uint8),
            "tag_names": np.array(tags),
            "total": np.array(total),
        },
    )


def build_tagged_characters(packages: Path, output: Path) -> None:
    """Store the model that finds unknown words together with what kind of word they are."""
    start, transitions, emissions, possible = (
        literal(read_member(packages, "jieba", f"jieba/posseg/{name}.py"), "P")
        for name in ("prob_start", "prob_trans", "prob_emit", "char_state_tab")
    )
    states = sorted(start)
    characters = sorted({character for row in emissions.values() for character in row})
    entries = [
        (states.index(state), emissions[state][character], state in possible.get(character, ()))
        for character in characters
        for state in states
        if character in emissions[state]
    ]
    num_states = [sum(character in row for row in emissions.values()) for character in characters]
    values, emissions_of = by_frequency(np.array([emission for _, emission, _ in entries]))
    write_archive(
        output / "chinese_tagged_characters.npz",
        {
            "places": np.array([place for place, _ in states]),
            "tags": np.array([tag for _, tag in states]),
            "start": np.array([start[state] for state in states]),
            "transitions": table(transitions, states, states, missing=-np.inf),
            "characters": np.array([ord(character) for character in characters], np.uint16),
            "num_states": np.array(num_states, np.uint8),
            "states": np.array([state for state, _, _ in entries], np.uint8),
            "values": values,
            "emissions": emissions_of,
            "listed": np.array([listed for _, _, listed in entries]),
        },
    )


def build_cut_characters(packages: Path, output: Path) -> None:
    """Store the model that finds unknown words only, which looks for parts of words."""
    start, transitions, emissions = (
        literal(read_member(packages, "jieba", f"jieba/finalseg/{name}.py"), "P")
        for name in ("prob_start", "prob_trans", "prob_emit")
    )
    characters = [chr(code) for code in range(ord(FIRST), ord(LAST) + 1)]
    values, emissions_of = by_frequency(table(emissions, "BEMS", characters, missing=NEVER).T)
    write_archive(
        output / "chinese_cut_characters.npz",
        {
            "start": np.array([start[state] for state in "BEMS"]),
            "transitions": table(transitions, "BEMS", "BEMS", missing=NEVER),
            "values": values,
            "emissions": emissions_of,
        },
    )


def table(
    rows: Mapping[Any, Mapping[Any, float]], row_names: Any, names: Any, missing: float
) -> Any:
    """Lay out a dictionary of dictionaries, float64, (row_names, names)."""
    return np.array([[rows[row].get(name, missing) for name in names] for row in row_names])


def is_chinese(word: str) -> bool:
    """Whether normalized text may hold every character of a word."""
    return all(FIRST <= character <= LAST for character in word)


def literal(source: bytes, name: str) -> Any:
    """Read the value that a Python file assigns to a name, without running it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise SystemExit(f"{name} is not assigned in the file it was looked for in")


if __name__ == "__main__":
    main()
