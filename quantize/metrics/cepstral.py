"""Mel-cepstral distance: how far two spectral envelopes are apart, loudness aside."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voicepack.quantize.metrics.alignment import align
from voicepack.quantize.metrics.mel import log_mel
from voicepack.quantize.metrics.waveform import Samples, check_aligned

Float64Array = npt.NDArray[np.float64]
NUM_COEFFICIENTS = 24
"""Coefficients 1 to 24. Coefficient 0, the loudness, is left out."""
_DB = 10 / np.log(10) * np.sqrt(2)


def mel_cepstral_distance(reference: Samples, candidate: Samples, sample_rate: int) -> float:
    """Return the distance of two time-aligned signals in dB, mean over frames of 10 ms.

    Args:
        reference: The signal as it should be.
        candidate: Same length.
        sample_rate: Hertz.

    Raises:
        ValueError: The lengths differ.

    Source: Kubichek, "Mel-cepstral distance measure for objective speech quality assessment", 1993.
    """
    check_aligned(reference, candidate)
    difference = mel_cepstrum(reference, sample_rate) - mel_cepstrum(candidate, sample_rate)
    return float(_DB * np.sqrt((difference**2).sum(axis=1)).mean())


def warped_mel_cepstral_distance(reference: Samples, candidate: Samples, sample_rate: int) -> float:
    """Return the distance in dB after dynamic time warping, mean over the pairs of the warp.

    Args:
        reference: The signal as it should be.
        candidate: Any length, such as that of a free run.
        sample_rate: Hertz.

    Returns:
        NaN when a signal holds NaN or infinity.
    """
    costs = frame_distances(
        mel_cepstrum(reference, sample_rate), mel_cepstrum(candidate, sample_rate)
    )
    if not np.isfinite(costs).all():
        return np.nan
    rows, columns = align(costs)
    return float(costs[rows, columns].mean())


def mel_cepstrum(samples: Samples, sample_rate: int) -> Float64Array:
    """Return the cosine series of the log-mel spectrum, without its mean.

    The spectrum is c0 + sum of c_d * cos(d * x), so by Parseval the distance of two frames is
    the root mean square of their envelopes' difference in dB.

    Args:
        samples: Audio.
        sample_rate: Hertz.

    Returns:
        float64, (num_frames, NUM_COEFFICIENTS), a frame every 10 ms.
    """
    spectrum = log_mel(samples, sample_rate)
    num_bands = spectrum.shape[1]
    degrees = np.arange(1, NUM_COEFFICIENTS + 1)
    angles = np.pi * (np.arange(num_bands) + 0.5) / num_bands
    cepstrum: Float64Array = spectrum @ np.cos(np.outer(angles, degrees)) * (2 / num_bands)
    return cepstrum


def frame_distances(reference: Float64Array, candidate: Float64Array) -> Float64Array:
    """Return the distance in dB of every frame of one cepstrum from every frame of the other.

    Args:
        reference: float64, (num_reference_frames, num_coefficients).
        candidate: float64, (num_candidate_frames, num_coefficients).

    Returns:
        float64, (num_reference_frames, num_candidate_frames).
    """
    squares = np.zeros((len(reference), len(candidate)))
    # One matrix product would be faster, but leaves rounding where equal frames must give 0.
    for ours, theirs in zip(reference.T, candidate.T, strict=True):
        squares += np.subtract.outer(ours, theirs) ** 2
    distances: Float64Array = _DB * np.sqrt(squares)
    return distances
