"""Which phone of the front end each semantic token belongs to, and the clauses that follow from it.

Festival pronounces by a dictionary of its own, so its phones and ours differ here and there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from semantic_codes import CODES
from token_grid import FIRST_PAUSE, LAST_PAUSE, PAUSE, PHONES, VOWELS

from voicepack.runtime.phones import IntArray
from voicepack.runtime.text.symbols import PUNCTUATION, symbol_table

GAP = 1.0
"""Cost of a phone that only one of the two says."""
PAUSES = [code for code, (phone, _, _) in enumerate(CODES) if PHONES[phone] == PAUSE]
"""Codes of silence, by state."""


@dataclass(frozen=True)
class AlignedExample:
    """Phones, the tokens that say them, and which phone each token belongs to."""

    phones: IntArray
    """int64, (num_phones,): ids of the v2 table."""
    codes: IntArray
    """int64, (num_tokens,)."""
    places: IntArray
    """int64, (num_tokens,): indices into `phones`, -100 for none."""


def silence(num_tokens: int) -> IntArray:
    """Make a pause of some tokens as the grid has them: states 0, 1, 2, 1, 2, ..."""
    return np.array([PAUSES[0 if token == 0 else 2 - token % 2] for token in range(num_tokens)])


def clauses(one: AlignedExample) -> list[AlignedExample]:
    """Cut a sentence where it says punctuation with a pause, as a voice is given its text.

    Returns:
        Clauses that end with their punctuation and are silent at both ends; one for a sentence
        without pauses.
    """
    symbols = symbol_table("v2").symbols
    pausing = np.isin(one.codes, PAUSES)
    marks = [
        place
        for place in np.unique(one.places[pausing])
        if symbols[one.phones[place]] in PUNCTUATION
    ]
    found, first = [], 0
    for mark in marks:
        inside = (one.places >= first) & (one.places < mark) & ~pausing
        if inside.any():
            found.append(_clause(one, inside, first, int(mark)))
        first = int(mark) + 1
    return found


def _clause(one: AlignedExample, inside: IntArray, first: int, mark: int) -> AlignedExample:
    codes = np.concatenate([silence(FIRST_PAUSE), one.codes[inside], silence(LAST_PAUSE)])
    places = np.concatenate(
        [
            np.zeros(FIRST_PAUSE, np.int64),
            one.places[inside] - first,
            np.full(LAST_PAUSE, mark - first),
        ]
    )
    return AlignedExample(one.phones[first : mark + 1], codes, places)


def align_tokens(symbols: tuple[str, ...], codes: IntArray) -> IntArray:
    """Point from each token to its phone.

    Args:
        symbols: The front end's phones and punctuation.
        codes: int64, (num_tokens,).

    Returns:
        int64, (num_tokens,): indices into `symbols`, never falling.
    """
    begins = np.array([CODES[code][1] == 0 for code in codes])
    spoken = [PHONES[CODES[code][0]] for code in codes[begins]]
    places: IntArray = _align(symbols, spoken)[np.cumsum(begins) - 1]
    return places


def edit_costs(symbols: Sequence[str], spoken: Sequence[str]) -> npt.NDArray[np.float64]:
    """Count what differs between each beginning of what is spoken and each of the symbols.

    Returns:
        float64, (len(spoken) + 1, len(symbols) + 1).
    """
    costs = np.zeros((len(spoken) + 1, len(symbols) + 1))
    costs[:, 0] = GAP * np.arange(len(spoken) + 1)
    costs[0] = GAP * np.arange(len(symbols) + 1)
    for row, phone in enumerate(spoken, 1):
        for column, symbol in enumerate(symbols, 1):
            costs[row, column] = min(
                costs[row - 1, column - 1] + _difference(phone, symbol),
                costs[row - 1, column] + GAP,
                costs[row, column - 1] + GAP,
            )
    return costs


def _align(symbols: tuple[str, ...], spoken: list[str]) -> IntArray:
    """Find the cheapest monotonic match: for each spoken phone an index into `symbols`."""
    return _trace_back(edit_costs(symbols, spoken), symbols, spoken)


def _trace_back(
    costs: npt.NDArray[np.float64], symbols: tuple[str, ...], spoken: list[str]
) -> IntArray:
    row, column = len(spoken), len(symbols)
    found = np.zeros(len(spoken), np.int64)
    while row > 0:
        found[row - 1] = max(column - 1, 0)
        here = costs[row, column]
        if column and here == costs[row - 1, column - 1] + _difference(
            spoken[row - 1], symbols[column - 1]
        ):
            row, column = row - 1, column - 1
        elif here == costs[row - 1, column] + GAP:
            row -= 1
        else:
            column -= 1
    return found


def _difference(phone: str, symbol: str) -> float:
    ours = symbol.rstrip("012").lower()
    if phone == ours or (phone == PAUSE and not ours.isalpha()):
        return 0.0
    if phone in VOWELS and symbol[-1] in "012":
        return 0.25 if phone in ("ax", "ah", "ih") else 0.5
    return 1.5 if phone == PAUSE or not ours.isalpha() else 1.0
