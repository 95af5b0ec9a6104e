"""Ways to write phones, each read into symbols of a voice's table."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.symbols import SymbolTable

MOST_PHONES = 200
"""Phones, or syllables, of one word."""
STRESSED = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())
CONSONANTS = frozenset("B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH".split())
SYLLABLE = re.compile(r"([bpmfdtnlgkhjqxryw]|[zcs]h?)?([aeiouv]+(?:ng?|r)?)([1-5])")
GLOTTAL = {"a": "AA", "e": "EE", "o": "OO"}
"""What stands before a syllable that begins with a vowel."""
ROUNDED = {"u": "v", "ue": "ve", "uan": "van", "un": "vn"}
"""What "u" stands for after j, q, x and y."""


class Alphabet(Enum):
    """The alphabets, by the names SSML knows them by."""

    VOICE = "x-gsv"
    """Symbols of the voice's own table, of any language."""
    ARPABET = "x-arpabet"
    """English as in CMUdict; vowels carry their stress. Case plays no part."""
    PINYIN = "x-pinyin"
    """Mandarin, a syllable each with its tone from 1 to 5: "lü4 xing2"."""


def read_phones(text: str, alphabet: Alphabet, symbols: SymbolTable) -> tuple[str, ...]:
    """Read phones that a user wrote.

    Args:
        text: Phones or syllables with spaces between them.
        alphabet: How they are written.
        symbols: The symbols of the voice that will speak.

    Raises:
        TextError: There are none, too many, or some that the alphabet or the voice lacks.
    """
    words = text.split()
    if len(words) > MOST_PHONES:
        raise TextError(
            f"{len(words)} phones for one word, but at most {MOST_PHONES} are read. "
            "Give a sentence of phones by itself, with `--phones` or as `Phones`."
        )
    return READERS[alphabet](words, symbols)


def _read_symbols(words: list[str], symbols: SymbolTable) -> tuple[str, ...]:
    return symbols.parse(" ".join(words))


def _read_arpabet(words: list[str], symbols: SymbolTable) -> tuple[str, ...]:
    phones = [word.upper() for word in words]
    faults = [phone for phone in phones if not _is_arpabet(phone)]
    if faults:
        raise TextError(
            f"No ARPAbet: {', '.join(map(repr, dict.fromkeys(faults)))}. Write phones as CMUdict "
            "does, with spaces between and the stress after each vowel: 'HH AH0 L OW1'."
        )
    return symbols.parse(" ".join(phones))


def _is_arpabet(phone: str) -> bool:
    return phone in CONSONANTS or (phone[:-1] in STRESSED and phone[-1] in "012")


def _read_pinyin(words: list[str], symbols: SymbolTable) -> tuple[str, ...]:
    return symbols.parse(" ".join(_syllable(word) for word in words))


def _syllable(written: str) -> str:
    """Write a syllable of pinyin with the two symbols that GPT-SoVITS has for it."""
    found = SYLLABLE.fullmatch(written.lower().replace("u:", "v").replace("ü", "v"))
    if not found:
        raise TextError(
            f"No pinyin: {written!r}. Write syllables with spaces between and the tone, 1 to 5, "
            "after each: 'chong2 qing4'."
        )
    initial, final, tone = found.group(1) or "", found.group(2), found.group(3)
    return f"{initial or GLOTTAL.get(final[0], final[0])} {_final(initial, final)}{tone}"


def _final(initial: str, final: str) -> str:
    if initial in ("j", "q", "x", "y") and final in ROUNDED:
        return ROUNDED[final]
    if initial == "y" and final in ("an", "e"):
        return {"an": "En", "e": "E"}[final]
    if initial in ("n", "l") and final == "ue":
        return "ve"
    if final == "i" and initial in ("zh", "ch", "sh", "r"):
        return "ir"
    if final == "i" and initial in ("z", "c", "s"):
        return "i0"
    return final


READERS: dict[Alphabet, Callable[[list[str], SymbolTable], tuple[str, ...]]] = {
    Alphabet.VOICE: _read_symbols,
    Alphabet.ARPABET: _read_arpabet,
    Alphabet.PINYIN: _read_pinyin,
}
