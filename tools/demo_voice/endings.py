"""Whether utterances end as their text does: no phone of the end is skipped or said again.

The tokens of the demo voice name their phones, so nothing has to be recognised.
"""

from __future__ import annotations

from phone_alignment import edit_costs
from semantic_codes import phones_of
from token_grid import PAUSE

from voicepack.runtime.text.symbols import PUNCTUATION, symbol_table
from voicepack.runtime.utterance import Trace

LENGTH = 6
"""Phones that are the end of a sentence."""
MOST_WRONG = 2.0
"""Phones by which an end may differ, for festival's dictionary is not ours."""


def has_bad_end(trace: Trace) -> bool:
    """Tell whether any sentence of an utterance ends with other phones than its text."""
    suffixes = [name.removeprefix("tokens") for name in trace.arrays if name.startswith("tokens")]
    symbols = symbol_table("v2").symbols
    return any(
        end_error(
            [symbols[number] for number in trace.arrays[f"phone_ids{suffix}"]],
            [str(phone) for phone in phones_of(trace.arrays[f"tokens{suffix}"])],
        )
        > MOST_WRONG
        for suffix in suffixes
    )


def end_error(symbols: list[str], spoken: list[str]) -> float:
    """Count the phones that differ at the end of what was to be said, and behind it.

    Args:
        symbols: The front end's phones and punctuation.
        spoken: Festival's phones and pauses.
    """
    wanted = [symbol for symbol in symbols if symbol not in PUNCTUATION]
    costs = edit_costs(wanted, [phone for phone in spoken if phone != PAUSE])
    all_before_the_end = costs[:, max(0, len(wanted) - LENGTH)].min()
    return float(costs[-1, -1] - all_before_the_end)
