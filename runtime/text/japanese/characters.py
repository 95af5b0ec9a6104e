"""Which stretches of text an unknown word may take, by the category of its characters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from voicepack.runtime.text.japanese.dictionary import Dictionary

KINDS_MASK = (1 << 18) - 1
LONGEST_RUN = 24
"""Characters that may follow the first when a run of one category is taken as one word."""


@dataclass(frozen=True)
class Character:
    """Properties of one character, as MeCab packs them."""

    kinds: int
    """A bit for each category the character belongs to."""
    category: int
    """The category whose entries it takes."""
    longest: int
    """Unknown words of 1 up to so many characters are tried."""
    takes_run: bool
    """A run of its kind is tried as one word."""
    always: bool
    """Unknown words are tried even where the dictionary knows one."""


class UnknownWords:
    """Unknown words of one text.

    Source: MeCab 0.996, tokenizer.cpp.
    """

    def __init__(self, text: str, dictionary: Dictionary) -> None:
        self._characters = [unpack(int(dictionary.characters[ord(letter)])) for letter in text]
        self._run_ends = self._find_run_ends()
        self._entries = dictionary.unknown

    def at(self, start: int, is_known: bool) -> list[tuple[int, range]]:
        """List the unknown words that begin at a character: where each ends, and its entries.

        Args:
            start: Place of the character.
            is_known: A word of the dictionary begins there.
        """
        character = self._characters[start]
        if is_known and not character.always:
            return []
        ends = self._ends(start, character)
        if not ends and not is_known:
            ends = [start + 1]
        return [(end, self._entries[character.category]) for end in ends]

    def _ends(self, start: int, character: Character) -> list[int]:
        run_end = self._run_ends[start] if character.takes_run else None
        ends = [run_end] if run_end is not None and run_end - start - 1 <= LONGEST_RUN else []
        for end in range(start + 1, min(start + character.longest, len(self._characters)) + 1):
            if end == run_end:
                break
            ends.append(end)
            if end == len(self._characters) or not self._alike(start, end):
                break
        return ends

    def _find_run_ends(self) -> list[int]:
        """Tell for each character where the run ends in which each is like its neighbour."""
        ends = list(range(1, len(self._characters) + 1))
        for place in reversed(range(len(ends) - 1)):
            if self._alike(place, place + 1):
                ends[place] = ends[place + 1]
        return ends

    def _alike(self, place: int, other: int) -> bool:
        return self._characters[place].kinds & self._characters[other].kinds != 0


@cache
def unpack(properties: int) -> Character:
    """Read the properties of a character from one word of 32 bits."""
    return Character(
        kinds=properties & KINDS_MASK,
        category=properties >> 18 & 0xFF,
        longest=properties >> 26 & 0xF,
        takes_run=bool(properties >> 30 & 1),
        always=bool(properties >> 31),
    )
