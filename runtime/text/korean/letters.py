"""Hangul taken apart: syllables to their letters, and those to the symbols that voices know.

Inside the front end a syllable is two or three conjoining letters (U+1100 to U+11C2), in which an
onset and a coda differ; a voice hears the letters of the keyboard (U+3131 to U+3163), in which
they do not.
"""

from __future__ import annotations

import unicodedata

FIRST_SYLLABLE, LAST_SYLLABLE = 0xAC00, 0xD7A3
BEFORE_CODAS = 0x11A7
CODA_COUNT = 28
"""None included."""
ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
GLIDES = {
    "ㅘ": "ㅗㅏ",
    "ㅙ": "ㅗㅐ",
    "ㅚ": "ㅗㅣ",
    "ㅝ": "ㅜㅓ",
    "ㅞ": "ㅜㅔ",
    "ㅟ": "ㅜㅣ",
    "ㅢ": "ㅡㅣ",
    "ㅑ": "ㅣㅏ",
    "ㅒ": "ㅣㅐ",
    "ㅕ": "ㅣㅓ",
    "ㅖ": "ㅣㅔ",
    "ㅛ": "ㅣㅗ",
    "ㅠ": "ㅣㅜ",
}
"""Vowels that are said, and were learned, as two."""

_KEYBOARD = {
    ord(first) + place: letter
    for first, letters in (("\u1100", ONSETS), ("\u1161", VOWELS), ("\u11a8", CODAS))
    for place, letter in enumerate(letters)
}
_SYMBOLS = {code: GLIDES.get(letter, letter) for code, letter in _KEYBOARD.items()}
_SYMBOLS.update({ord(vowel): pair for vowel, pair in GLIDES.items()})


def take_apart(text: str) -> str:
    """Write each syllable as its conjoining letters; everything else stays."""
    return "".join(
        unicodedata.normalize("NFD", char) if is_syllable(char) else char for char in text
    )


def to_symbols(letters: str) -> str:
    """Write conjoining letters, and two-part vowels of any sort, as the letters voices know."""
    return letters.translate(_SYMBOLS)


def is_syllable(char: str) -> bool:
    """Whether a character is a Hangul syllable."""
    return FIRST_SYLLABLE <= ord(char) <= LAST_SYLLABLE


def coda(char: str) -> str:
    """Give the coda of a syllable as a conjoining letter, or nothing when it has none."""
    if not is_syllable(char):
        return ""
    number = (ord(char) - FIRST_SYLLABLE) % CODA_COUNT
    return chr(BEFORE_CODAS + number) if number else ""
