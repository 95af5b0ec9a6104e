"""Chinese or Japanese, by what a word looks like: two judges, of which the better is taken."""

from __future__ import annotations

import logging
import re
from functools import cache, lru_cache
from importlib import import_module
from typing import Protocol

from voicepack.runtime.text.scripts import KANA, has_kana

logger = logging.getLogger(__name__)

WORD = re.compile(f"[{KANA}]+|[^{KANA}]+")


class HanJudge(Protocol):
    """Tells Chinese from Japanese where both could be written so."""

    def words(self, text: str) -> list[str]:
        """Cut a run of Han characters and kana into words, none of them empty."""
        ...

    def likely(self, word: str) -> tuple[str, ...]:
        """Name the languages the word may be of, the likeliest first; they may be any language's.

        Returns:
            Codes such as "zh" and "ja"; nothing where the judge cannot tell.
        """
        ...


class ScriptJudge:
    """Knows which characters only one of the two languages writes; needs no package.

    It cannot tell words of characters that both write, such as the names of most cities, and does
    not tell Japanese from Chinese in traditional characters unless there is kana.
    """

    def words(self, text: str) -> list[str]:
        """Cut where kana begins or ends."""
        return WORD.findall(text)

    def likely(self, word: str) -> tuple[str, ...]:
        """Ask each character which character sets have it."""
        if has_kana(word):
            return ("ja",)
        chinese = sum(_is_only_chinese(character) for character in word)
        japanese = sum(_is_only_japanese(character) for character in word)
        if chinese == japanese:
            return ()
        return ("zh",) if chinese > japanese else ("ja",)


def is_surely_chinese(text: str) -> bool:
    """Tell whether a text without kana has a character that only Chinese writes."""
    return not has_kana(text) and any(_is_only_chinese(character) for character in text)


@cache
def han_judge() -> HanJudge:
    """Load the judge that upstream asks, or, without its packages, the one that needs none."""
    try:
        trained: HanJudge = import_module("voicepack.runtime.text.trained_han_judge").load()
    except ModuleNotFoundError as error:
        logger.info(
            "%s is not installed, so Chinese and Japanese are told apart by their characters "
            "alone; pip install 'voicepack[auto]' for a better judge",
            error.name,
        )
        return ScriptJudge()
    return trained


def _is_only_chinese(character: str) -> bool:
    return _has(character, "gb2312") and not _has(character, "shift_jis")


def _is_only_japanese(character: str) -> bool:
    # Big5 has what Japanese and traditional Chinese write alike.
    return _has(character, "shift_jis") and not (
        _has(character, "gb2312") or _has(character, "big5")
    )


@lru_cache(maxsize=8192)
def _has(character: str, character_set: str) -> bool:
    return bool(character.encode(character_set, "ignore"))
