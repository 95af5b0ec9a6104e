"""Cuts Chinese into words, each with its kind, as jieba does.

The rules of tone depend on where words begin and end and on what they are, so this follows jieba
0.42.1 (MIT) to the last word: the likeliest way through the words of its dictionary, and for what
is left over a hidden Markov model. jieba itself needs a second to start and 90 MB.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from voicepack.runtime.text.chinese.dictionary import Dictionary
from voicepack.runtime.text.chinese.unknown_words import TaggedCharacters

OTHER = "x"
NUMBER = "m"
CHINESE = re.compile("([\u4e00-\u9fa5]+)")
# A full stop stands in a block with the words before it, since it may be part of a number.
BLOCK = re.compile("([\u4e00-\u9fa5.]+)")

Way = tuple[float, int]
"""Logarithm of the product of the shares of all words to the end, and where the first ends."""


@dataclass(frozen=True)
class Word:
    """A word of a sentence."""

    text: str
    tag: str
    """Its kind in jieba's terms: "n" a noun, "v" a verb, "x" a mark, ..."""


class Segmenter:
    """Cuts normalized text into tagged words."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._characters = TaggedCharacters()

    def cut(self, text: str) -> list[Word]:
        """Cut a text of Chinese characters and the marks "!?…,.-" into words."""
        words: list[Word] = []
        for block in filter(None, BLOCK.split(text)):
            if BLOCK.match(block):
                words.extend(self._cut_block(block))
            else:
                words.extend(Word(mark, OTHER) for mark in block)
        return words

    def _cut_block(self, block: str) -> list[Word]:
        words: list[Word] = []
        single = ""
        for word in likeliest_words(self._dictionary, block, prefer_long):
            if len(word) == 1:
                single += word
                continue
            words.extend(self._tag_single(single))
            words.append(Word(word, self._dictionary.tag(word)))
            single = ""
        return words + self._tag_single(single)

    def _tag_single(self, characters: str) -> list[Word]:
        """Tag characters that stand alone between words, or find an unknown word in them."""
        if len(characters) < 2 or characters in self._dictionary:
            return [Word(character, self._dictionary.tag(character)) for character in characters]
        words: list[Word] = []
        for part in filter(None, CHINESE.split(characters)):
            if CHINESE.match(part):
                words.extend(Word(text, tag) for text, tag in self._characters.cut(part))
            else:
                words.append(Word(part, NUMBER))
        return words


def prefer_long(way: Way) -> Way:
    """Rank ways by how likely they are; of equals the one with the longer first word is better."""
    return way


def prefer_short(way: Way) -> Way:
    """Rank ways by how likely they are; of equals the one with the shorter first word is better."""
    return way[0], -way[1]


def likeliest_words(dictionary: Dictionary, text: str, rank: Callable[[Way], Way]) -> list[str]:
    """Cut a text into the words whose shares have the greatest product."""
    length = len(text)
    best: list[Way] = [(0.0, 0)] * (length + 1)
    for start in range(length - 1, -1, -1):
        ways = [(share + best[end][0], end) for end, share in dictionary.words_at(text, start)]
        unknown = dictionary.log_share_of_unknown + best[start + 1][0], start + 1
        best[start] = max(ways, key=rank) if ways else unknown
    words = []
    start = 0
    while start < length:
        end = best[start][1]
        words.append(text[start:end])
        start = end
    return words
