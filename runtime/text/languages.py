"""The languages there are, each a module that is loaded when it is first spoken.

A language is added by its module, `voicepack.runtime.text.<module>`, which offers
`load(symbols: SymbolTable) -> FrontEnd`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.front_end import FrontEnd
from voicepack.runtime.text.symbols import SymbolTable

MODULES = {
    "en": "english",
    "ja": "japanese",
    "ko": "korean",
    "yue": "cantonese",
    "zh": "chinese",
}
"""Language code -> module beside this one. The code is also the name of the extra."""


def known_languages() -> tuple[str, ...]:
    """Name the languages this version can pronounce."""
    return tuple(code for code, module in MODULES.items() if find_spec(_full_name(module)))


@cache
def front_end(language: str, symbols: SymbolTable) -> FrontEnd:
    """Load the front end of a language; the second time, it is already there.

    Args:
        language: Code of the language, such as "en".
        symbols: The symbols of the voice that will speak.

    Raises:
        TextError: The language is not known, or a package it needs is not installed.
    """
    if language not in known_languages():
        raise TextError(
            f"Language {language!r} has no front end; there are {', '.join(known_languages())}. "
            "Give one of these, or pass phones instead of text."
        )
    try:
        module = import_module(_full_name(MODULES[language]))
    except ModuleNotFoundError as error:
        raise TextError(
            f"Language {language!r} needs {error.name}, which is not installed: "
            f"pip install 'voicepack[{language}]'"
        ) from error
    loaded: FrontEnd = module.load(symbols)
    return loaded


def _full_name(module: str) -> str:
    return f"voicepack.runtime.text.{module}"
