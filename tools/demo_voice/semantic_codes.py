"""The demo voice's semantic tokens: which phone, which of its states, which pitch."""

from __future__ import annotations

from itertools import product

import numpy as np
from token_grid import CYCLES, PHONES, STATES, UNVOICED, TokenGrid

from voicepack.runtime.phones import FloatArray, IntArray

LEVELS = (0, *CYCLES)
CODES = tuple(
    (phone, state, level)
    for phone, state, level in product(range(len(PHONES)), range(STATES), range(len(LEVELS)))
    if (PHONES[phone] in UNVOICED) == (level == 0)
)
"""Of each code: index of the phone, state, index of the pitch level."""
NUM_CODES = len(CODES)
SPEECH_END = NUM_CODES
NUM_FACTORS = len(PHONES) + STATES + len(LEVELS)
_CODE_OF = {parts: code for code, parts in enumerate(CODES)}


def encode(grid: TokenGrid) -> IntArray:
    """Name the code of each token: int64, (num_tokens,)."""
    levels = np.searchsorted(LEVELS, grid.cycles)
    parts = zip(grid.phones.tolist(), grid.states.tolist(), levels.tolist(), strict=True)
    return np.array([_CODE_OF[one] for one in parts])


def code_factors() -> FloatArray:
    """Write each code as three ones among zeros: its phone, its state, its pitch level.

    Returns:
        float32, (NUM_CODES, NUM_FACTORS).
    """
    factors = np.zeros((NUM_CODES, NUM_FACTORS), np.float32)
    for code, (phone, state, level) in enumerate(CODES):
        factors[code, [phone, len(PHONES) + state, len(PHONES) + STATES + level]] = 1
    return factors


def phones_of(codes: IntArray) -> list[str]:
    """Read the phones back: one for every token that begins one."""
    return [PHONES[CODES[code][0]] for code in codes if CODES[code][1] == 0]
