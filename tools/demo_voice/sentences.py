"""Composes the sentences that the demo voice learns from, by a small grammar and common words."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

from voicepack.runtime.text.data_files import load_arrays
from voicepack.runtime.text.english.compounds import WordFrequencies
from voicepack.runtime.text.english.homographs import homographs

HERE = Path(__file__).parent
NUM_COMMON_WORDS = 5000
FLATTENING = 0.4
"""Power of a word's frequency by which it is drawn: 1 as in text, 0 all alike."""
SLOT = re.compile(r"\{([^{}]+)\}")
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def held_out_sentences() -> list[str]:
    """Read the sentences that only the evaluation says."""
    return (HERE / "held_out.txt").read_text(encoding="utf-8").splitlines()


def training_sentences(count: int, seed: int) -> list[str]:
    """Compose different sentences, none of them held out.

    Args:
        count: How many; the grammar has many times more.
        seed: Equal seeds compose equal sentences.
    """
    random_source = random.Random(seed)
    patterns, fillings = _read_grammar()
    fill = _filler(random_source, fillings)
    taken = {sentence.lower() for sentence in held_out_sentences()}
    sentences: list[str] = []
    while len(sentences) < count:
        sentence = fill(random_source.choice(patterns))
        if sentence not in taken:
            taken.add(sentence)
            sentences.append(sentence[0].upper() + sentence[1:])
    return sentences


def number_in_words(number: int) -> str:
    """Spell a number from 0 to 999 as one says it."""
    if number < 20:
        return ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return TENS[tens - 2] + (f" {ONES[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{ONES[hundreds]} hundred" + (f" {number_in_words(rest)}" if rest else "")


def _filler(random_source: random.Random, fillings: dict[str, list[str]]) -> Callable[[str], str]:
    words, weights = _common_words()

    def fill(text: str) -> str:
        while found := SLOT.search(text):
            slot = found[1]
            if slot == "word":
                filling = random_source.choices(words, weights)[0]
            elif ".." in slot:
                low, high = slot.split("..")
                filling = number_in_words(random_source.randint(int(low), int(high)))
            else:
                filling = random_source.choice(fillings[slot])
            text = text[: found.start()] + filling + text[found.end() :]
        return text

    return fill


def _read_grammar() -> tuple[list[str], dict[str, list[str]]]:
    patterns, fillings = [], {}
    for line in (HERE / "grammar.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(">"):
            patterns.append(line[1:].strip())
        elif "=" in line:
            slot, _, choices = line.partition("=")
            fillings[slot.strip()] = [choice.strip() for choice in choices.split("|")]
    return patterns, fillings


@cache
def _common_words() -> tuple[list[str], list[float]]:
    """List the most frequent words of the dictionary that are said in one way only."""
    arrays = load_arrays("english_lexicon.npz")
    offsets, packed = arrays["offsets"].tolist(), arrays["blocks"].tobytes()
    lines = [
        line
        for start, end in pairwise(offsets)
        for line in zlib.decompress(packed[start:end]).decode("ascii").split("\n")
    ]
    known = [line.split("\t")[0] for line in lines]
    words = [
        word for word in known if re.fullmatch("[a-z]{3,11}", word) and word not in homographs()
    ]
    scores = WordFrequencies().log_probabilities(words)
    best = sorted(zip(scores, words, strict=True), reverse=True)[:NUM_COMMON_WORDS]
    return [word for _, word in best], [10 ** (FLATTENING * score) for score, _ in best]
