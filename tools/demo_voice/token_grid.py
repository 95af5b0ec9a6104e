"""Puts speech on the grid of semantic tokens: whole tokens a phone, whole pitch cycles a token.

A semantic token lasts 40 ms. The demo voice is taught speech in which every phone begins with a
token and every voiced token holds a whole number of pitch cycles. What sounds within a token then
follows from this token and its neighbours, so a small net can learn it by plain regression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voicepack.runtime.phones import FloatArray, IntArray

TOKEN_S = 0.04
TEMPO = 1.08
"""How much longer speech becomes; short phones are lengthened to a token anyway."""
FIRST_PAUSE, LAST_PAUSE = 2, 4
"""Tokens of silence before and after a sentence."""
INNER_PAUSE = (2, 6)
"""Fewest and most tokens of a pause within."""
PAUSE = "pau"
UNVOICED = ("p", "t", "k", "f", "th", "s", "sh", "ch", "hh", PAUSE)
VOWELS = (
    "aa",
    "ae",
    "ah",
    "ao",
    "aw",
    "ax",
    "ay",
    "eh",
    "er",
    "ey",
    "ih",
    "iy",
    "ow",
    "oy",
    "uh",
    "uw",
)
CONSONANTS = ("b", "d", "dh", "g", "jh", "l", "m", "n", "ng", "r", "v", "w", "y", "z", "zh")
PHONES = (*UNVOICED, *VOWELS, *CONSONANTS)
CYCLES = (6, 7, 8)
"""Pitch cycles a voiced token may hold: 150, 175 and 200 Hz, where the source voice moves."""
STICKINESS = 0.62
"""Cycles by which the pitch must differ from the last level before the level changes."""
STATES = 3
"""Of a phone: its first token, then two that alternate, so that neighbours always differ."""


@dataclass(frozen=True)
class TokenGrid:
    """A sentence on the grid."""

    phones: IntArray
    """int64, (num_tokens,): indices into `PHONES`."""
    states: IntArray
    """int64, (num_tokens,): 0 for the first token of a phone, then 1, 2, 1, 2, ..."""
    cycles: IntArray
    """int64, (num_tokens,): pitch cycles, 0 where unvoiced."""
    source_ends_s: FloatArray
    """float32, (num_phones,): where in the source each phone ends."""
    ends: IntArray
    """int64, (num_phones,): the token each phone ends before."""


def place_on_grid(
    phones: tuple[str, ...], ends_s: tuple[float, ...], pitch: FloatArray, pitch_step_s: float
) -> TokenGrid:
    """Choose how many tokens each phone lasts, and how many cycles they hold.

    Args:
        phones: Festival's names.
        ends_s: When each phone ends, in seconds.
        pitch: float32, (num_frames,), hertz, 0 where unvoiced.
        pitch_step_s: Seconds between two of its frames.
    """
    starts_s = (0.0, *ends_s[:-1])
    lengths = _token_counts(phones, np.subtract(ends_s, starts_s))
    indices = np.array([PHONES.index(phone) for phone in phones])
    cycles = _pitch_levels(phones, starts_s, ends_s, pitch, pitch_step_s)
    places = np.concatenate([np.arange(length) for length in lengths])
    return TokenGrid(
        phones=np.repeat(indices, lengths),
        states=np.where(places == 0, 0, 2 - places % 2),
        cycles=np.repeat(cycles, lengths),
        source_ends_s=np.asarray(ends_s, np.float32),
        ends=np.cumsum(lengths),
    )


def _token_counts(phones: tuple[str, ...], durations_s: FloatArray) -> IntArray:
    """Round each duration such that the sum follows the source as well as it can."""
    counts: list[int] = []
    wanted = 0.0
    for place, (phone, duration) in enumerate(zip(phones, durations_s, strict=True)):
        if phone == PAUSE:
            counts.append(_pause_length(place, len(phones), duration))
            wanted = 0.0
            continue
        wanted += duration * TEMPO / TOKEN_S
        counts.append(max(1, round(wanted)))
        wanted -= counts[-1]
    return np.array(counts)


def _pause_length(place: int, num_phones: int, duration_s: float) -> int:
    if place == 0:
        return FIRST_PAUSE
    if place == num_phones - 1:
        return LAST_PAUSE
    fewest, most = INNER_PAUSE
    return min(max(round(duration_s / TOKEN_S), fewest), most)


def _pitch_levels(
    phones: tuple[str, ...],
    starts_s: tuple[float, ...],
    ends_s: tuple[float, ...],
    pitch: FloatArray,
    pitch_step_s: float,
) -> IntArray:
    levels: list[int] = []
    level = CYCLES[1]
    for phone, start, end in zip(phones, starts_s, ends_s, strict=True):
        inside = pitch[round(start / pitch_step_s) : round(end / pitch_step_s)]
        heard = inside[inside > 0]
        if phone not in UNVOICED and heard.size:
            exact = float(heard.mean()) * TOKEN_S
            if abs(exact - level) > STICKINESS:
                level = int(np.clip(round(exact), CYCLES[0], CYCLES[-1]))
        levels.append(0 if phone in UNVOICED else level)
    return np.array(levels)
