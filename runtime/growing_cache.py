"""A key/value cache that the host grows in place, for graphs that return only what is new."""

from __future__ import annotations

import numpy as np

from voicepack.runtime.contract import MAX_TOKENS
from voicepack.runtime.manifest import Text2SemanticShape
from voicepack.runtime.phones import FloatArray

GROWTH = 64
"""Positions that the cache grows by: each one is computed on until it is used."""


class GrowingCache:
    """Keys and values of all layers, with room for some positions more than there are."""

    keys: FloatArray
    """float32, (L, H, capacity, D). A new array over the same memory after each growth."""
    values: FloatArray
    """Like `keys`."""

    def __init__(self, shape: Text2SemanticShape) -> None:
        self._rows = shape.num_layers * shape.num_heads
        self._shape = shape
        self._memory = [np.zeros(0, np.float32)] * 2
        self.length = 0
        self.capacity = 0

    def start(self, positions: int) -> None:
        """Forget everything and expect a sentence whose prefill has so many positions."""
        # Made once for the longest sentence so far; memory counts only when it is written.
        elements = self._rows * _rounded_up(positions + MAX_TOKENS) * self._shape.head_size
        if elements > self._memory[0].size:
            self._memory = [np.zeros(elements, np.float32) for _ in self._memory]
        self.length = 0
        self._lay_out(1)  # all of it is hidden, so the least that no engine takes for empty

    def append(self, keys: FloatArray, values: FloatArray) -> bool:
        """Write (L, H, S, D) keys and values behind those already there.

        Returns:
            Whether the cache grew, so that `keys` and `values` are other arrays now.
        """
        end = self.length + int(keys.shape[2])
        grows = end > self.capacity
        if grows:
            self._lay_out(_rounded_up(end))
        self.keys[:, :, self.length : end] = keys
        self.values[:, :, self.length : end] = values
        self.length = end
        return grows

    def _lay_out(self, capacity: int) -> None:
        """Give each head room for `capacity` positions, keeping what the cache holds."""
        size = self._shape.head_size
        for memory in self._memory:
            _spread(memory, self._rows, self.length * size, self.capacity * size, capacity * size)
        form = (self._shape.num_layers, self._shape.num_heads, capacity, size)
        self.keys, self.values = (
            memory[: self._rows * capacity * size].reshape(form) for memory in self._memory
        )
        self.capacity = capacity


def _rounded_up(positions: int) -> int:
    return -(-positions // GROWTH) * GROWTH


def _spread(memory: FloatArray, rows: int, used: int, old: int, new: int) -> None:
    """Move rows apart inside their memory: row i begins at i * new instead of i * old.

    Only the first `used` elements of a row are kept. This takes a third of the time of copying
    into a fresh array, whose pages the system has to find first.
    """
    if not used:
        return
    for row in range(rows - 1, 0, -1):  # the last first, so that none is overwritten unread
        memory[row * new : row * new + used] = memory[row * old : row * old + used]
