"""Chooses the range of an activation from what was seen, and turns it into 8-bit codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicepack.quantize.calibration.histogram import Histogram
from voicepack.quantize.recipe import CalibrationMethod, ConvolutionRecipe

NUM_STEPS = 255
SMALLEST_SCALE = 2.0**-20
"""For what is always zero, such as the activations of a dead layer."""
_NUM_CANDIDATES = 128
"""Bounds tried on each side of zero, evenly spaced from none to the farthest value seen."""


@dataclass(frozen=True)
class Range:
    """What the 8-bit codes of an activation span; values outside are clipped."""

    low: float
    """At most 0: zero always has a code of its own, for convolutions pad with it."""
    high: float
    """At least 0."""

    @property
    def scale(self) -> np.float32:
        """Distance of two neighbouring codes."""
        return np.float32(max((self.high - self.low) / NUM_STEPS, SMALLEST_SCALE))

    @property
    def zero_point(self) -> np.uint8:
        """The code of 0."""
        return np.uint8(np.clip(np.rint(-self.low / self.scale), 0, NUM_STEPS))


def choose_range(histogram: Histogram, recipe: ConvolutionRecipe) -> Range:
    """Choose a range with the recipe's method."""
    if recipe.method is CalibrationMethod.MINMAX:
        return Range(histogram.low, histogram.high)
    if recipe.method is CalibrationMethod.PERCENTILE:
        return central_range(histogram, recipe.percentile)
    return least_error_range(histogram)


def central_range(histogram: Histogram, percentile: float) -> Range:
    """Leave out equally many values on both sides.

    Args:
        histogram: What was seen.
        percentile: Share to keep inside, in percent, 0 to 100.
    """
    edges = histogram.edges()
    seen = np.cumsum(histogram.counts)
    outside = (1 - percentile / 100) / 2 * seen[-1]
    low = edges[np.searchsorted(seen, outside, side="right")]
    high = edges[np.searchsorted(seen, seen[-1] - outside) + 1]
    return Range(float(np.clip(low, histogram.low, 0.0)), float(np.clip(high, 0.0, histogram.high)))


def least_error_range(histogram: Histogram) -> Range:
    """Minimize the energy lost by rounding inside the range and by clipping outside it.

    Rounding errors are taken as uniform: a twelfth of the squared step each.
    """
    lows = np.linspace(histogram.low, 0.0, _NUM_CANDIDATES)
    highs = np.linspace(0.0, histogram.high, _NUM_CANDIDATES)
    clipped_below = _clipped_energy(histogram.counts[::-1], -histogram.edges()[::-1], -lows)
    clipped_above = _clipped_energy(histogram.counts, histogram.edges(), highs)
    steps = (highs - lows[:, None]) / NUM_STEPS
    lost = clipped_below[:, None] + clipped_above + histogram.counts.sum() * steps**2 / 12
    low, high = np.unravel_index(np.argmin(lost), lost.shape)
    return Range(float(lows[low]), float(highs[high]))


def _clipped_energy(
    counts: npt.NDArray[np.int64], edges: npt.NDArray[np.float64], bounds: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Sum (value - bound)^2 over the values above each bound."""
    centers = (edges[1:] + edges[:-1]) / 2
    excess = np.maximum(centers - bounds[:, None], 0.0)
    energy: npt.NDArray[np.float64] = excess**2 @ counts
    return energy
