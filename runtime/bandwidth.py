"""How fast this machine reads memory: the limit of a net whose every step reads all its weights."""

from __future__ import annotations

import time

import numpy as np

NUM_BYTES = 128 << 20
"""More than the caches of the processors that speak."""
REPETITIONS = 5


def memory_bandwidth() -> float:
    """Measure bytes a second that one core reads, with a dot product; the best of some runs."""
    halves = np.ones((2, NUM_BYTES // 8), np.float32)
    return NUM_BYTES / min(_dot_time(halves) for _ in range(REPETITIONS))


def _dot_time(halves: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    start = time.perf_counter()
    np.dot(halves[0], halves[1])
    return time.perf_counter() - start
