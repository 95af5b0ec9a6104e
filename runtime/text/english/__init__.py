"""English: ARPAbet phones with stress, from CMUdict and, for other words, a small net.

This is what voices have learned to hear, faults included; `corrections` goes before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from voicepack.runtime.text.english.homographs import (
    Homograph,
    Phones,
    homographs,
    said_as_noun,
)
from voicepack.runtime.text.english.normalization import normalize
from voicepack.runtime.text.english.tokens import tokens
from voicepack.runtime.text.english.words import WordPronouncer
from voicepack.runtime.text.front_end import FrontEnd, Pronunciation
from voicepack.runtime.text.symbols import SymbolTable

FEWEST_PHONES = 4
"""A shorter utterance gets a leading comma."""
DROPPED = frozenset(("<pad>", "<s>", "</s>", "UW"))
"""What the net may say that voices have never heard."""
RENAMED = {"'": "-", "<unk>": "UNK"}
NO_WORDS: Mapping[str, Phones] = {}
ChooseReading = Callable[[Homograph, Sequence[str], Sequence[str]], Phones]
"""Takes a homograph, the words before it and the words after it."""
LETTER = re.compile("[A-Za-z]")


class EnglishFrontEnd:
    """English sentences to phones."""

    def __init__(
        self,
        symbols: SymbolTable,
        choose: ChooseReading = said_as_noun,
        added: Mapping[str, Phones] = NO_WORDS,
    ) -> None:
        """Take the symbols of a voice; how to read homographs; words beside the dictionary's."""
        self._symbols = symbols
        self._choose = choose
        self._words = WordPronouncer(added)

    def pronounce(self, text: str) -> Pronunciation:
        """Pronounce one sentence; text without a word is a pause, which is one comma."""
        normalized = normalize(text)
        phones = [RENAMED.get(phone, phone) for phone in self._say(tokens(normalized))]
        if len(phones) < FEWEST_PHONES:
            phones = [",", *phones]
        return Pronunciation(normalized, self._symbols.known(phones))

    def _say(self, words: list[str]) -> list[str]:
        lowered = [word.lower() for word in words]
        phones: list[str] = []
        for place, word in enumerate(lowered):
            if not LETTER.search(word):
                phones.append(word)
            elif len(word) == 1:
                phones.extend(self._words.say_letter(words[place]))
            elif word in homographs():
                before, after = lowered[max(0, place - 4) : place], lowered[place + 1 : place + 2]
                phones.extend(self._choose(homographs()[word], before, after))
            else:
                phones.extend(self._words.say(word))
        return [phone for phone in phones if phone not in DROPPED]


def load(symbols: SymbolTable) -> FrontEnd:
    """Make the front end for voices with these symbols, without corrections."""
    return EnglishFrontEnd(symbols)
