"""Tells, while tokens are being generated, that speech has fallen into an endless loop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicepack.runtime.contract import SEMANTIC_RATE

LONGEST_PERIOD = 64
"""Tokens (2.56 s). Longer loops are left to the token limit."""
SHORTEST_LOOP = 4 * SEMANTIC_RATE
"""Tokens (4 s). A pause or sustained vowel may repeat one token for 2 s; twice that is a loop."""
FEWEST_REPETITIONS = 8
"""A speaker may say a word three or four times over, but not token for token, eight times."""

_NO_TOKEN = -1


@dataclass(frozen=True)
class Repetition:
    """A tail of tokens that is one phrase again and again."""

    period: int
    """Tokens of the phrase: the smallest that explains the tail."""
    num_tokens: int
    """Tokens of the whole tail, the first phrase included."""


class RepetitionDetector:
    """Watches generated tokens for a tail that repeats with some period up to `LONGEST_PERIOD`.

    For every period it counts how many tokens in a row equalled the one a period earlier. So a
    token costs one comparison of 64 numbers (some 7 us), whatever came before.

    Feed it what is generated, not the prompt.
    """

    def __init__(self) -> None:
        self._recent = np.full(LONGEST_PERIOD, _NO_TOKEN, np.int64)  # newest first
        self._matches = np.zeros(LONGEST_PERIOD, np.int64)
        self._periods = np.arange(1, LONGEST_PERIOD + 1)
        self._enough = np.maximum(SHORTEST_LOOP, FEWEST_REPETITIONS * self._periods)

    def push(self, token: int) -> bool:
        """Take the next token; true while the tokens end in a loop.

        A loop lasts at least `SHORTEST_LOOP` tokens and at least `FEWEST_REPETITIONS` periods.

        Args:
            token: The token just generated, not negative.
        """
        self._matches = np.where(self._recent == token, self._matches + 1, 0)
        self._recent[1:] = self._recent[:-1]
        self._recent[0] = token
        return bool((self._lengths() >= self._enough).any())

    @property
    def repetition(self) -> Repetition | None:
        """The loop that the tokens end in, or None."""
        lengths = self._lengths()
        loops = np.flatnonzero(lengths >= self._enough)
        if not loops.size:
            return None
        shortest = loops[0]
        return Repetition(int(self._periods[shortest]), int(lengths[shortest]))

    def _lengths(self) -> npt.NDArray[np.int64]:
        return self._matches + self._periods
