"""The parts of a word: where a rule of tone cuts a long word in two."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from voicepack.runtime.text.chinese.dictionary import FIRST, Dictionary
from voicepack.runtime.text.chinese.segmenter import BLOCK, CHINESE, likeliest_words, prefer_short
from voicepack.runtime.text.chinese.unknown_words import NEVER
from voicepack.runtime.text.data_files import load_arrays

PLACES = "BEMS"
"""Beginning, end and middle of a word, and a word of its own, in the order of the model's rows."""
BEFORE = {"B": "ES", "E": "BM", "M": "MB", "S": "SE"}
"""Of equally likely ways the first is taken."""


class Subwords:
    """Cuts words into parts as jieba's search mode does."""

    def __init__(self, dictionary: Dictionary) -> None:
        arrays = load_arrays("chinese_cut_characters.npz")
        self._dictionary = dictionary
        self._start = dict(zip(PLACES, arrays["start"].tolist(), strict=True))
        self._transitions = {
            (before, place): float(arrays["transitions"][i, j])
            for i, before in enumerate(PLACES)
            for j, place in enumerate(PLACES)
        }
        values: npt.NDArray[np.float64] = arrays["values"].astype(np.float64)
        self._emissions = values[arrays["emissions"].astype(np.uint16, copy=False)].data
        self.halves = lru_cache(maxsize=4096)(self._halves)

    def _halves(self, word: str) -> tuple[str, str]:
        """Cut a word before or behind the first of its shortest parts; one half may be empty."""
        part = min(self._parts(word), key=len)
        if word.startswith(part):
            return part, word[len(part) :]
        return word[: -len(part)], part

    def _parts(self, text: str) -> Iterator[str]:
        for word in self._cut(text):
            for length in (2, 3):
                if len(word) > length:
                    for start in range(len(word) - length + 1):
                        part = word[start : start + length]
                        if part in self._dictionary:
                            yield part
            yield word

    def _cut(self, text: str) -> Iterator[str]:
        for block in filter(None, BLOCK.split(text)):
            if BLOCK.match(block):
                yield from self._cut_block(block)
            else:
                yield from block

    def _cut_block(self, block: str) -> Iterator[str]:
        single = ""
        for word in likeliest_words(self._dictionary, block, prefer_short):
            if len(word) == 1:
                single += word
                continue
            yield from self._cut_single(single)
            yield word
            single = ""
        yield from self._cut_single(single)

    def _cut_single(self, characters: str) -> Iterator[str]:
        if len(characters) < 2 or characters in self._dictionary:
            yield from characters
            return
        for part in filter(None, CHINESE.split(characters)):
            if CHINESE.match(part):
                yield from self._cut_unknown(part)
            else:
                yield part

    def _cut_unknown(self, text: str) -> Iterator[str]:
        begin = 0
        for i, place in enumerate(self._likeliest_places(text)):
            if place in "BS":
                begin = i
            if place in "ES":
                yield text[begin : i + 1]

    def _likeliest_places(self, text: str) -> str:
        emissions = self._emissions_of(text[0])
        scores = {place: emissions[place] + self._start[place] for place in PLACES}
        ways_back: list[dict[str, str]] = []
        for character in text[1:]:
            emissions = self._emissions_of(character)
            best = {place: self._best_way(scores, place, emissions[place]) for place in PLACES}
            scores = {place: score for place, (score, _) in best.items()}
            ways_back.append({place: before for place, (_, before) in best.items()})
        places = ["S" if scores["S"] > scores["E"] else "E"]
        for way_back in reversed(ways_back):
            places.append(way_back[places[-1]])
        return "".join(reversed(places))

    def _best_way(self, scores: dict[str, float], place: str, emission: float) -> tuple[float, str]:
        ways = [
            (emission + scores[before] + self._transitions[before, place], before)
            for before in BEFORE[place]
        ]
        score, before = max(ways, key=lambda way: way[0])
        # jieba_fast, which upstream calls, no longer compares what is this unlikely.
        return (score, before) if score > NEVER else (NEVER, max(BEFORE[place]))

    def _emissions_of(self, character: str) -> dict[str, float]:
        row = ord(character) - FIRST
        return {place: self._emissions[row, column] for column, place in enumerate(PLACES)}
