"""How far two time-aligned signals are apart, sample by sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.floating[Any]]
"""(num_samples,): mono audio, full scale is 1."""


def snr_db(reference: Samples, candidate: Samples) -> float:
    """Return the energy of the reference over that of the difference, in dB.

    Args:
        reference: The signal as it should be.
        candidate: Same length.

    Returns:
        Plus infinity when the two are equal, silent ones too; minus infinity when only the
        reference is silent, or the candidate infinite; NaN when it holds NaN.

    Raises:
        ValueError: The lengths differ.
    """
    check_aligned(reference, candidate)
    exact = reference.astype(np.float64)
    return _ratio_db(exact, exact - candidate)


def si_snr_db(reference: Samples, candidate: Samples) -> float:
    """Return the SNR in dB after the best gain, so that loudness does not count.

    Both signals lose their mean first. The noise is what remains of the candidate when its
    projection on the reference is taken out.

    Args:
        reference: The signal as it should be.
        candidate: Same length.

    Returns:
        Plus infinity when the two are equal, silent ones too; minus infinity when only one of them
        is silent; NaN when the candidate holds NaN or infinity.

    Raises:
        ValueError: The lengths differ.

    Source: Le Roux, Wisdom, Erdogan and Hershey, "SDR - half-baked or well done?", 2019.
    """
    check_aligned(reference, candidate)
    target, estimate = _centered(reference), _centered(candidate)
    energy = target @ target
    gain = (estimate @ target) / energy if energy else 0.0
    projection = gain * target
    if not projection.any():
        return np.inf if not target.any() and not estimate.any() else -np.inf
    return _ratio_db(projection, estimate - projection)


def check_aligned(reference: Samples, candidate: Samples) -> None:
    """Refuse signals that cannot be compared sample by sample.

    Raises:
        ValueError: Not one-dimensional, or the lengths differ.
    """
    if reference.ndim != 1 or reference.shape != candidate.shape:
        raise ValueError(
            f"signals of shapes {reference.shape} and {candidate.shape}, "
            "but both must be (num_samples,) and equally long"
        )


def _ratio_db(signal: npt.NDArray[np.float64], noise: npt.NDArray[np.float64]) -> float:
    noise_energy = noise @ noise
    if noise_energy == 0:
        return np.inf
    with np.errstate(divide="ignore"):
        return float(10 * np.log10(signal @ signal / noise_energy))


def _centered(samples: Samples) -> npt.NDArray[np.float64]:
    exact = samples.astype(np.float64)
    with np.errstate(invalid="ignore"):
        return exact - exact.mean() if exact.size else exact
