"""Letters, digits and half-width kana to the full width that the dictionary is written in."""

from __future__ import annotations

import unicodedata
from string import ascii_letters, digits

_TO_FULL = 0xFEE0
"""From an ASCII character to the full-width one."""
_FULL = {ord(letter): ord(letter) + _TO_FULL for letter in ascii_letters + digits} | {
    code: unicodedata.normalize("NFKC", chr(code)) for code in range(ord("ｦ"), ord("ﾝ") + 1)
}
_BEYOND = "\U00010000"
_UNKNOWN = "�"


def widen(text: str) -> str:
    """Write a stretch of Japanese in full-width characters of the basic plane.

    Digits of other scripts that lie beyond become a character that cannot be said.

    Source: Open JTalk 1.11, text2mecab.
    """
    wide = text.translate(_FULL)
    return "".join(letter if letter < _BEYOND else _UNKNOWN for letter in wide)
