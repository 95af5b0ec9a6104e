"""A user's own pronunciations: words said otherwise than their language would say them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from voicepack.runtime.text.modes import MODES, Mixing
from voicepack.runtime.text.parts import GivenPhones, Insert, Part
from voicepack.runtime.text.possessive import add_possessive

APOSTROPHES = "'’"
POSSESSIVE = re.compile(f"[{APOSTROPHES}][sS]")
# Words of these scripts have no spaces around them, or, in Hangul, particles joined to them.
UNSPACED = re.compile(
    "[\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # Chinese characters
    "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]"  # Hangul
)

Words = Mapping[str, Insert]
"""Word as `key_of` writes it -> how it is said."""


@dataclass(frozen=True)
class Lexicon:
    """Words of several languages and how they are said."""

    words: Mapping[str, Words] = field(default_factory=dict)
    """Language -> its words; in a text of several, the first language that knows a word says it."""
    _matchers: dict[str, WordMatcher] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def overridden_by(self, other: Lexicon) -> Lexicon:
        """Join two lexicons; where both know a word, the other's pronunciation holds."""
        languages = dict.fromkeys((*other.words, *self.words))
        return Lexicon(
            {
                code: _joined(self.words.get(code, {}), other.words.get(code, {}))
                for code in languages
            }
        )

    def apply(self, parts: Iterable[Part], language: str) -> tuple[Part, ...]:
        """Find the words in the plain parts of a text.

        Args:
            parts: A text; what has a pronunciation already keeps it.
            language: Of the text, or a mode such as "auto".
        """
        if not self.words:
            return tuple(parts)
        matcher = self._matcher(language)
        return tuple(
            found
            for part in parts
            for found in (matcher.split(part) if isinstance(part, str) else (part,))
        )

    def _matcher(self, language: str) -> WordMatcher:
        if language not in self._matchers:
            words: dict[str, Insert] = {}
            for code in reversed(_spoken_languages(language, tuple(self.words))):
                words |= self.words[code]
            self._matchers[language] = WordMatcher(words)
        return self._matchers[language]


@dataclass(frozen=True)
class WordMatcher:
    """Finds words in text: the longest at each place, whole words only where words have spaces."""

    words: Words

    def split(self, text: str) -> Iterator[Part]:
        """Cut a text into words that were found, and the text between them."""
        folded = fold_case(text)
        start = place = 0
        while place < len(text):
            found = self._find(text, folded, place)
            if found is None:
                place += 1
                continue
            insert, end = found
            yield text[start:place]
            yield replace(insert, text=text[place:end])
            start = place = end
        yield text[start:]

    def _find(self, text: str, folded: str, place: int) -> tuple[Insert, int] | None:
        lengths = self._lengths.get(folded[place])
        if lengths is None or not _is_boundary(text, place):
            return None
        for length in lengths:
            end = place + length
            insert = self.words.get(text[place:end]) or self.words.get(folded[place:end])
            if insert is None:
                continue
            if _is_boundary(text, end):
                return insert, end
            owner = _possessive(insert, text, end)
            if owner is not None:
                return owner, end + len("'s")
        return None

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        """First character in lower case -> lengths of the words it begins, the longest first."""
        lengths: dict[str, set[int]] = {}
        for key in self.words:
            lengths.setdefault(fold_case(key[0]), set()).add(len(key))
        return {char: sorted(found, reverse=True) for char, found in lengths.items()}


NO_WORDS = Lexicon()
"""Leaves every word to its language."""


def key_of(word: str) -> str:
    """Write a word as a lexicon finds it.

    A word in capitals is an abbreviation and stands for itself alone, so that "US" leaves "us" as
    it is; any other is found in every case.
    """
    return word if word.isupper() else fold_case(word)


def fold_case(text: str) -> str:
    """Write text in lower case, character by character, so that no place in it moves."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _spoken_languages(language: str, codes: tuple[str, ...]) -> list[str]:
    """Choose the languages that a mode may speak, its own first."""
    mode = MODES[language]
    if mode.mixing is Mixing.ALL:
        spoken = list(codes)
    else:
        also = () if mode.mixing is Mixing.NONE else ("en",)
        spoken = [code for code in codes if code in (mode.language, *also)]
    return sorted(spoken, key=lambda code: code != mode.language)


def _joined(words: Words, others: Words) -> Words:
    overridden = {fold_case(key) for key in others}
    return {k: insert for k, insert in words.items() if fold_case(k) not in overridden} | dict(
        others
    )


def _is_boundary(text: str, place: int) -> bool:
    """Tell whether a word may begin or end between two characters."""
    before, after = text[place - 1 : place] if place else "", text[place : place + 1]
    if before and before in APOSTROPHES:
        return not (_joins(text[max(0, place - 2) : place - 1]) and _joins(after))
    if after and after in APOSTROPHES:
        return not (_joins(before) and _joins(text[place + 1 : place + 2]))
    return not (_joins(before) and _joins(after))


def _joins(char: str) -> bool:
    """Tell whether a character can be inside a word that has spaces around it."""
    if not char or UNSPACED.match(char):
        return False
    return char.isalnum() or unicodedata.category(char).startswith("M")


def _possessive(insert: Insert, text: str, end: int) -> GivenPhones | None:
    """Say the possessive of an English word; None where no such ending follows."""
    suffix = text[end : end + 2]
    if insert.language != "en" or not isinstance(insert, GivenPhones):
        return None
    if not POSSESSIVE.fullmatch(suffix) or not _is_boundary(text, end + len(suffix)):
        return None
    return replace(insert, phones=add_possessive(insert.phones))
