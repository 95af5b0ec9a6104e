"""The languages there are, each a module that is loaded when it is first spoken.

A language is added by its module, `voicepack.runtime.text.<module>`, which offers
`load(symbols: SymbolTable) -> FrontEnd`: a front end that says what upstream says, for that is what
voices have learned. Where a listener would hear faults in it, the language has a module
`corrections`, which offers a `load` of its own; its front end rewrites the text first.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.front_end import FrontEnd, Pronunciation
from voicepack.runtime.text.modes import Mixing, mode_of
from voicepack.runtime.text.symbols import SymbolTable

logger = logging.getLogger(__name__)

MODULES = {
    "en": "english",
    "ja": "japanese",
    "ko": "korean",
    "yue": "cantonese",
    "zh": "chinese",
}
"""Language code -> module beside this one. The code is also the name of the extra."""

CORRECTED = frozenset(("en", "yue", "zh"))
"""Languages that have corrections."""


class Unspoken:
    """Stands for a language that the voice has no phones for: its words are a pause."""

    def pronounce(self, text: str) -> Pronunciation:
        """Pronounce nothing of the text."""
        return Pronunciation("", (",",))


def known_languages() -> tuple[str, ...]:
    """Name the languages this version can pronounce; `modes` mix them."""
    return tuple(code for code, module in MODULES.items() if find_spec(_full_name(module)))


def load_language(language: str, symbols: SymbolTable) -> None:
    """Load what a mode is sure to need, so that what is missing is missed at once.

    Args:
        language: Name of a mode, such as "en" or "auto".
        symbols: The symbols of the voice that will speak.

    Raises:
        TextError: The mode is not known, the voice cannot speak it, or a package it needs is not
            installed.
    """
    mode = mode_of(language, symbols)
    # A text of all languages may have no word in that of the mode.
    if mode.mixing is not Mixing.ALL:
        front_end(mode.language, symbols)


@cache
def front_end(language: str, symbols: SymbolTable) -> FrontEnd:
    """Load the front end of a language, with its corrections; the second time, it is there.

    Args:
        language: Code of the language, such as "en". If the symbols have no phones for it, it is
            a part of a mixed text, and is said as a pause.
        symbols: The symbols of the voice that will speak.

    Raises:
        TextError: The language is not known, or a package it needs is not installed.
    """
    if language not in CORRECTED:
        return upstream_front_end(language, symbols)
    return _load(".corrections", language, symbols)


@cache
def upstream_front_end(language: str, symbols: SymbolTable) -> FrontEnd:
    """Load the front end that says what upstream's `clean_text` says, as `front_end` does."""
    return _load("", language, symbols)


def _load(layer: str, language: str, symbols: SymbolTable) -> FrontEnd:
    if language not in known_languages():
        raise TextError(
            f"Language {language!r} has no front end; there are {', '.join(known_languages())}. "
            "Give one of these, or pass phones instead of text."
        )
    if language not in symbols.languages:
        logger.warning(
            "Symbol table %s has no phones for %r; its words are a pause", symbols.id, language
        )
        return Unspoken()
    try:
        loaded: FrontEnd = import_module(_full_name(MODULES[language]) + layer).load(symbols)
    except ModuleNotFoundError as error:
        raise TextError(
            f"Language {language!r} needs {error.name}, which is not installed: "
            f"pip install 'voicepack[{language}]'"
        ) from error
    return loaded


def _full_name(module: str) -> str:
    return f"voicepack.runtime.text.{module}"
