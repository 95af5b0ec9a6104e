"""How single English words are said: by dictionary, by rule, by their parts, or by guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache

from voicepack.runtime.text.english.compounds import WordFrequencies, split_compound
from voicepack.runtime.text.english.letters import LetterToSound
from voicepack.runtime.text.english.lexicon import Lexicon, Phones
from voicepack.runtime.text.possessive import add_possessive

POSSESSIVE = re.compile(r"[a-z]+'s")
LONGEST_SPELLED = 3
"""An unknown word of so many letters is taken for an abbreviation and spelled."""


class WordPronouncer:
    """Says words; what only unknown words need is loaded with the first of them.

    Source: the order of the attempts is upstream's, GPT-SoVITS, text/english.py.
    """

    def __init__(self, added: Mapping[str, Phones]) -> None:
        """Take words that the dictionary lacks, or says otherwise, with how they are said."""
        self._added = added
        self._lexicon = Lexicon()
        self.say = lru_cache(maxsize=2048)(self._say)

    @cached_property
    def _frequencies(self) -> WordFrequencies:
        return WordFrequencies()

    @cached_property
    def _letter_to_sound(self) -> LetterToSound:
        return LetterToSound()

    def say_letter(self, letter: str) -> Phones:
        """Say a letter that stands alone; a small "a" is the article."""
        if letter == "A":
            return ("EY1",)
        return self._letter_name(letter.lower())

    def _say(self, word: str) -> Phones:
        """Say a word in lower case, which may hold apostrophes, hyphens and full stops."""
        known = self._added.get(word) or (self._lexicon.find(word) if len(word) > 1 else None)
        if known:
            return known
        if len(word) <= LONGEST_SPELLED:
            return self._spell(word)
        if POSSESSIVE.fullmatch(word):
            return add_possessive(self.say(word[:-2]))
        parts = split_compound(re.sub("[^a-z]", "", word), self._frequencies)
        if len(parts) == 1:
            return self._letter_to_sound.guess(word)
        return tuple(phone for part in parts for phone in self.say(part))

    def _spell(self, word: str) -> Phones:
        spelled: list[str] = []
        for letter in word:
            if letter == "a":
                spelled.append("EY1")
            elif letter.isalpha():
                spelled.extend(self._letter_name(letter))
            else:
                spelled.append(letter)
        return tuple(spelled)

    def _letter_name(self, letter: str) -> Phones:
        name = self._lexicon.find(letter)
        assert name is not None, f"the dictionary lacks the letter {letter!r}"
        return name
