"""A histogram that grows with what it sees, so that data streams through it once."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from voicepack.runtime.phones import FloatArray

NUM_BINS = 8192
SMALLEST_LIMIT = 2.0**-24


class Histogram:
    """Counts values in equal bins between minus and plus a power of two.

    A value outside doubles that limit as often as it takes, and each time two bins become one, so
    the result does not depend on the order of the data.
    """

    def __init__(self) -> None:
        self.low = 0.0
        """The smallest value seen, at most 0."""
        self.high = 0.0
        """The largest value seen, at least 0."""
        self.counts: npt.NDArray[np.int64] = np.zeros(NUM_BINS, np.int64)
        self.limit = SMALLEST_LIMIT

    def add(self, values: FloatArray) -> None:
        """Count finite float32 values of any shape."""
        self.low = min(self.low, float(values.min(initial=0.0)))
        self.high = max(self.high, float(values.max(initial=0.0)))
        self._grow_beyond(max(self.high, -self.low))
        middle = np.float32(NUM_BINS / 2)
        places = values.ravel() * (middle / np.float32(self.limit)) + middle
        # Rounding may put the very largest one bin too far.
        indices = np.minimum(places.astype(np.int64), NUM_BINS - 1)
        self.counts += np.bincount(indices, minlength=NUM_BINS)

    def edges(self) -> npt.NDArray[np.float64]:
        """Return the borders of the bins: float64, (NUM_BINS + 1,), ascending."""
        return np.linspace(-self.limit, self.limit, NUM_BINS + 1)

    def _grow_beyond(self, largest: float) -> None:
        doublings = math.frexp(largest / self.limit)[1]
        for _ in range(doublings):
            outside = np.zeros(NUM_BINS // 4, np.int64)
            inside = self.counts.reshape(-1, 2).sum(axis=1)
            self.counts = np.concatenate([outside, inside, outside])
            self.limit *= 2
