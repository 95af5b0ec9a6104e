"""The symbols a voice knows: phones of every language and punctuation, each with its number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from importlib.resources import files

import numpy as np

from voicepack.runtime.errors import TextError
from voicepack.runtime.phones import IntArray

UNKNOWN = "UNK"
PUNCTUATION = frozenset("!?…,.-")
TABLE_SIZES = {"v1": 322, "v2": 732}
"""Symbols in each table; the longer begins with the shorter."""
TABLE_LANGUAGES = {"v1": ("zh", "en", "ja"), "v2": ("zh", "en", "ja", "ko", "yue")}
"""Languages each table has phones for."""


@dataclass(frozen=True)
class SymbolTable:
    """The symbols of one generation of voices, in the order of their numbers."""

    id: str
    """"v1" or "v2"."""
    symbols: tuple[str, ...]

    @cached_property
    def sha256(self) -> str:
        """Hash of the symbols, one a line, so that a pack can tell whether it means the same."""
        return hashlib.sha256("\n".join(self.symbols).encode()).hexdigest()

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages the table has phones for."""
        return TABLE_LANGUAGES[self.id]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.symbols)}

    def known(self, phones: Iterable[str]) -> tuple[str, ...]:
        """Put "UNK" in the place of each phone the table lacks; voices were trained that way."""
        return tuple(phone if phone in self._numbers else UNKNOWN for phone in phones)

    def ids(self, phones: Iterable[str]) -> IntArray:
        """Number the phones.

        Returns:
            int64, (num_phones,). A phone the table lacks becomes "UNK", never nothing.
        """
        return np.array([self._numbers[phone] for phone in self.known(phones)], np.int64)

    def parse(self, text: str) -> tuple[str, ...]:
        """Read phones that a user wrote, such as "HH AH0 L OW1".

        Raises:
            TextError: There is no phone, or one that the table lacks.
        """
        phones = tuple(text.split())
        if not phones:
            raise TextError(
                "No phones given. Write them with spaces between, such as 'HH AH0 L OW1'."
            )
        faults = [
            self._describe(phone) for phone in dict.fromkeys(phones) if phone not in self._numbers
        ]
        if faults:
            raise TextError(
                f"Phones that symbol table {self.id} lacks: {'; '.join(faults)}. "
                "Phones are told apart by case, and English vowels carry their stress, such as AH0."
            )
        return phones

    def _describe(self, phone: str) -> str:
        close = get_close_matches(phone, self.symbols) or get_close_matches(
            phone.upper(), self.symbols
        )
        return f"{phone!r} (did you mean {', '.join(close)}?)" if close else repr(phone)


@cache
def symbol_table(id: str) -> SymbolTable:
    """Read a symbol table by its id.

    Raises:
        TextError: No table has this id.
    """
    if id not in TABLE_SIZES:
        raise TextError(
            f"Symbol table {id!r} is not known; there are {', '.join(TABLE_SIZES)}. "
            "Use the table the voice was trained with: v1 for v1 voices, v2 for all later ones."
        )
    text = (files("voicepack.runtime.text") / "data" / "symbols.txt").read_text(encoding="utf-8")
    return SymbolTable(id, tuple(text.splitlines()[: TABLE_SIZES[id]]))
