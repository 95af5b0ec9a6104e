"""Makes the data files of Korean from public packages.

    pip download --no-deps -d packages g2pk2==0.0.3
    python tools/text_data/build_korean.py packages runtime/text/data

The same packages give the same files. Their licences are in runtime/text/data/LICENSES.md.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from packages import read_member

ONSETS = [chr(code) for code in range(0x1100, 0x1113)]
CODAS = [chr(code) for code in range(0x11A8, 0x11C3)]
GAP = "-"


def main() -> None:
    """Make every file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", type=Path, help="folder with the packages")
    parser.add_argument("output", type=Path, help="folder for the data files")
    arguments = parser.parse_args()
    build_words(arguments.packages, arguments.output)
    build_codas(arguments.packages, arguments.output)


def build_words(packages: Path, output: Path) -> None:
    """Keep the words that are not said by rule, in the order in which they are looked for."""
    lines = read_text(packages, "g2pk2/idioms.txt").splitlines()
    words = [line.split("#")[0].strip().split("===") for line in lines]
    pairs = [pair for pair in words if len(pair) == 2 and not re.search("[A-Za-z]", pair[0])]
    write(output / "korean_words.txt", [f"{word} {said}" for word, said in pairs])


def build_codas(packages: Path, output: Path) -> None:
    """Say what a coda and the onset behind it become, once all rules have been applied in order."""
    header, *rows = read_text(packages, "g2pk2/table.csv").splitlines()
    rules = [
        (row.split(",")[0] + nexts, cell.split("(")[0])
        for row in rows
        for nexts, cell in zip(header.split(",")[1:], row.split(",")[1:], strict=True)
        if cell
    ]
    meetings = {
        coda + onset: meet(rules, coda, onset)
        for coda in CODAS
        for onset in ["", *ONSETS]
        if apply(rules, coda + (onset or ".")) not in (coda + onset, coda + ".")
    }
    write(output / "korean_codas.txt", [f"{met} {said}" for met, said in meetings.items()])


def meet(rules: list[tuple[str, str]], coda: str, onset: str) -> str:
    """Say a coda and what is behind it, with a mark for the space that may stand between."""
    if not onset:
        # One cell of the table forgets what follows the coda.
        return apply(rules, f"{coda}.").removesuffix(".")
    return apply(rules, f"{coda} {onset}").replace(" ", GAP)


def apply(rules: list[tuple[str, str]], letters: str) -> str:
    """Apply the rules one after the other."""
    for pattern, replacement in rules:
        letters = re.sub(pattern, replacement, letters)
    return letters


def read_text(packages: Path, member: str) -> str:
    """Read one of the lists of g2pk2."""
    return read_member(packages, "g2pk2", member).decode("utf-8-sig")


def write(path: Path, lines: list[str]) -> None:
    """Write lines of text."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
