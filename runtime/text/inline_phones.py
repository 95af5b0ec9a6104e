"""Phones inside a text: "We met [[N W IH1 N]] there.".

A backslash in front keeps the brackets as text.
"""

from __future__ import annotations

from collections.abc import Iterator

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.alphabets import Alphabet, read_phones
from voicepack.runtime.text.parts import GivenPhones, Part
from voicepack.runtime.text.symbols import SymbolTable

OPEN, CLOSE = "[[", "]]"
ESCAPE = "\\"


def read_inline_phones(text: str, symbols: SymbolTable) -> tuple[Part, ...]:
    """Find the phones in a text.

    Args:
        text: Any text. Brackets that do not close in their line are text.
        symbols: The symbols of the voice that will speak.

    Raises:
        TextError: There is something else than phones between brackets.
    """
    lines = text.splitlines(keepends=True)
    return tuple(part for line in lines for part in _parts_of_line(line, symbols))


def _parts_of_line(line: str, symbols: SymbolTable) -> Iterator[Part]:
    start, look_from, last_closing = 0, 0, line.rfind(CLOSE)
    while (opening := line.find(OPEN, look_from)) >= 0:
        look_from = opening + len(OPEN)
        if line[opening - 1 : opening] == ESCAPE:
            yield line[start : opening - 1]
            start = opening
            continue
        if last_closing < look_from:
            continue  # does not close, and so is text
        closing = line.find(CLOSE, look_from)
        yield line[start:opening]
        yield _given(line[look_from:closing], symbols)
        start = look_from = closing + len(CLOSE)
    yield line[start:]


def _given(content: str, symbols: SymbolTable) -> GivenPhones:
    try:
        phones = read_phones(content, Alphabet.VOICE, symbols)
    except TextError as error:
        raise TextError(
            f"Between {OPEN} and {CLOSE}: {error} "
            f"To have the brackets read as text, write {ESCAPE}{OPEN}."
        ) from error
    return GivenPhones(" ".join(phones), phones)
