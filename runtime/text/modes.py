"""What can be asked for as a language: one language alone, one beside English, or any mixture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.symbols import SymbolTable


class Mixing(Enum):
    """Which languages a mode tells apart."""

    NONE = "none"
    """None: all of the text is in its language."""
    ENGLISH = "english"
    """English words are English. A number is said in the language of the words beside it."""
    ENGLISH_WORDS = "english words"
    """English words are English, and all else, numbers too, is in the mode's language."""
    ALL = "all"
    """Each part of the text is said in its own language."""


@dataclass(frozen=True)
class Mode:
    """One way to read a text, by upstream's name for it."""

    name: str
    language: str
    """What is neither English nor told apart is said in this language."""
    mixing: Mixing


MODES = {
    mode.name: mode
    for mode in (
        Mode("en", "en", Mixing.NONE),
        Mode("ja", "ja", Mixing.ENGLISH),
        Mode("ko", "ko", Mixing.ENGLISH),
        Mode("yue", "yue", Mixing.ENGLISH),
        Mode("zh", "zh", Mixing.ENGLISH),
        Mode("all_ja", "ja", Mixing.ENGLISH_WORDS),
        Mode("all_ko", "ko", Mixing.ENGLISH_WORDS),
        Mode("all_yue", "yue", Mixing.ENGLISH_WORDS),
        Mode("all_zh", "zh", Mixing.ENGLISH_WORDS),
        Mode("auto", "zh", Mixing.ALL),
        Mode("auto_yue", "yue", Mixing.ALL),
    )
}
"""Every mode by its name. The modes that are a language's code, such as "zh", come first.

Source: GPT-SoVITS, TTS_infer_pack/TextPreprocessor.py, `get_phones_and_bert`.
"""


def modes_of(symbols: SymbolTable) -> tuple[str, ...]:
    """Name the modes in which voices with these symbols can speak."""
    return tuple(name for name, mode in MODES.items() if mode.language in symbols.languages)


def mode_of(language: str, symbols: SymbolTable) -> Mode:
    """Look up what a user asked for.

    Args:
        language: Name of a mode, such as "zh" or "auto".
        symbols: The symbols of the voice that will speak.

    Raises:
        TextError: There is no such mode, or the voice lacks the phones of its language.
    """
    if language not in MODES:
        raise TextError(
            f"Language {language!r} is not known; there are {', '.join(modes_of(symbols))}. "
            "Give one of these, or pass phones instead of text."
        )
    mode = MODES[language]
    if mode.language not in symbols.languages:
        raise TextError(
            f"Language {language!r} has no phones in symbol table {symbols.id}, so voices that "
            f"have this table cannot speak it. They speak {', '.join(modes_of(symbols))}; "
            "Korean and Cantonese need a voice of v2 or later."
        )
    return mode
