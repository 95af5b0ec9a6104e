"""Which syllables end a verb's stem, an ending or a unit of measure, which decides how they sound.

The words are found as MeCab finds them: of all ways to divide a text into known words, the one that
costs least is taken, where each word has its cost and so has each pair of neighbours.

Source: Kudo, Yamamoto and Matsumoto, "Applying Conditional Random Fields to Japanese Morphological
Analysis", 2004; words and costs are those of mecab-ko-dic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from voicepack.runtime.text.korean.dictionary import Dictionary, dictionary
from voicepack.runtime.text.korean.letters import coda

SPACE_COST = 3000
LONGEST_RUN = 25
"""Characters of one kind that may make one unknown word; MeCab counts those behind the first."""
SPACE_KIND = 1
UNIT, ENDING, STEM = 1, 2, 3
STEM_CODAS = frozenset("ᆫᆬᆷᆱᆰᆲᆴ")


@dataclass(frozen=True)
class Candidate:
    """A word that may begin at some place."""

    end: int
    reading: int
    """Its number among the readings of the dictionary."""


@dataclass(frozen=True)
class Word:
    """The cheapest way to divide a text up to the end of this word."""

    cost: int
    right: int
    """What the word is to the one behind it."""
    end: int
    word_class: int
    before: Word | None
    """The word before; nothing before the first."""


def mark_word_classes(text: str) -> str:
    """Put "/B" behind units of measure, "/E" and "/P" behind endings and stems that matter."""
    classes = {word.end: word.word_class for word in divide(text)}
    return "".join(
        char + _mark(char, classes.get(place, 0)) for place, char in enumerate(text, start=1)
    )


def _mark(char: str, word_class: int) -> str:
    if word_class == UNIT:
        return "/B"
    if word_class == ENDING and coda(char) == "ᆯ":
        return "/E"
    return "/P" if word_class == STEM and coda(char) in STEM_CODAS else ""


def divide(text: str) -> list[Word]:
    """Divide a text into words in the cheapest way; spaces are no words.

    Returns:
        The words in their order.
    """
    known = dictionary()
    kinds = _kinds(known, text)
    found = _known_words(known, text)
    ending: dict[int, list[Word]] = {0: [Word(0, 0, 0, 0, None)]}
    for place in range(len(text)):
        # Only the words that end here are looked at again, so that time is linear in length.
        lefts = ending.pop(place, None)
        if lefts is None:
            continue
        start = _skip_spaces(kinds, place)
        if start == len(text):
            return _way_back(known, lefts)
        candidates = found.get(start, [])
        candidates = candidates + _unknown_words(known, kinds, start, candidates)
        for word in _cheapest(known, lefts, candidates, SPACE_COST * (start > place)):
            ending.setdefault(word.end, []).append(word)
    return _way_back(known, ending[len(text)])


def _kinds(known: Dictionary, text: str) -> list[int]:
    table = known.characters.kind
    return [int(table[ord(char)]) if ord(char) < len(table) else 0 for char in text]


def _skip_spaces(kinds: list[int], place: int) -> int:
    while place < len(kinds) and kinds[place] == SPACE_KIND:
        place += 1
    return place


def _known_words(known: Dictionary, text: str) -> dict[int, list[Candidate]]:
    """Find every word of the dictionary, by the place where it begins."""
    found: dict[int, list[Candidate]] = {}
    for start, end, readings in known.words.find(text):
        found.setdefault(start, []).extend(Candidate(end, reading) for reading in readings)
    return found


def _unknown_words(
    known: Dictionary, kinds: list[int], start: int, candidates: list[Candidate]
) -> list[Candidate]:
    """Make words of characters of one kind that are in no dictionary."""
    characters, kind = known.characters, kinds[start]
    if candidates and not characters.always[kind]:
        return []
    end = start + 1
    while end < len(kinds) and kinds[end] == kind and end - start <= LONGEST_RUN:
        end += 1
    run = end - start
    lengths = set(range(1, min(int(characters.longest[kind]), run) + 1))
    if characters.together[kind] and run <= LONGEST_RUN:
        lengths.add(run)
    if not candidates and not lengths:
        lengths.add(1)
    reading = int(characters.reading[kind])
    return [Candidate(start + length, reading) for length in sorted(lengths)]


def _cheapest(
    known: Dictionary, lefts: list[Word], candidates: list[Candidate], space_cost: int
) -> Iterator[Word]:
    """Append each candidate to whichever of the words before it is cheapest."""
    chosen = np.array([candidate.reading for candidate in candidates])
    prices = known.readings.prices(chosen)
    costs = known.beside[prices.left[:, None], [word.right for word in lefts]]
    totals = costs.astype(np.int64) + [word.cost for word in lefts]
    best = totals.argmin(axis=1)
    own = prices.alone + space_cost * prices.after_space.astype(np.int64)
    return map(
        Word,
        (totals.min(axis=1) + own).tolist(),
        prices.right.tolist(),
        [candidate.end for candidate in candidates],
        prices.word_class.tolist(),
        [lefts[number] for number in best.tolist()],
    )


def _way_back(known: Dictionary, last: list[Word]) -> list[Word]:
    word = min(last, key=lambda word: word.cost + int(known.beside[0, word.right]))
    words = []
    while word.before is not None:
        words.append(word)
        word = word.before
    return words[::-1]
