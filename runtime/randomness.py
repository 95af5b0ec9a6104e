"""Random numbers that are the same on every NumPy release.

NumPy keeps the bits of its generators stable but not the distributions made from them, so a seed
would give other speech after an upgrade. The two distributions we need are made here from the bits.
"""

from __future__ import annotations

import numpy as np

from voicepack.runtime.phones import FloatArray

_LARGEST_53_BIT = 2.0**53


class RandomStream:
    """A stream of random numbers, fixed by a seed and the place it serves."""

    def __init__(self, seed: int, *place: int) -> None:
        """Start a stream.

        Args:
            seed: Any non-negative integer.
            place: Numbers that tell streams of one seed apart, such as the sentence's index.
        """
        self._bits = np.random.PCG64(np.random.SeedSequence((seed, *place)))

    def uniform(self, count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Draw `count` float64 numbers, uniform in the open interval (0, 1)."""
        raw = self._bits.random_raw(count) >> np.uint64(11)
        return (raw.astype(np.float64) + 0.5) / _LARGEST_53_BIT

    def exponential(self, count: int) -> FloatArray:
        """Draw `count` float32 numbers, exponential with mean 1, above 0."""
        return (-np.log(self.uniform(count))).astype(np.float32)

    def normal(self, *shape: int) -> FloatArray:
        """Draw standard normal float32 numbers of the given shape.

        Source: Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
        """
        count = int(np.prod(shape))
        pairs = (count + 1) // 2
        radius = np.sqrt(-2 * np.log(self.uniform(pairs)))
        angle = 2 * np.pi * self.uniform(pairs)
        both = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])
        return both[:count].astype(np.float32).reshape(shape)
