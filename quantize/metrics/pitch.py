"""Fundamental frequency, and how far two time-aligned signals are apart in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicepack.quantize.metrics.waveform import Samples, check_aligned

Float64Array = npt.NDArray[np.float64]
IntpArray = npt.NDArray[np.intp]
LOWEST_HZ = 50
HIGHEST_HZ = 800
WINDOW_S = 0.025
HOP_S = 0.010
APERIODICITY = 0.15
"""A frame is voiced when a period later it differs by less than this share of its power."""
ROUNDING = 1e-12
"""A difference below this share of the power is the Fourier transform's, not the signal's."""
GROSS = 0.2
"""A pitch that is further from the reference, as a share of it, is another pitch altogether."""
QUIETEST_RMS = 1e-3
"""A frame below -60 dB of full scale is not voiced, whatever hums in it."""


@dataclass(frozen=True)
class PitchDifference:
    """How two pitch tracks differ."""

    rmse_cents: float
    """Over the frames voiced in both, gross errors aside; 0 if there is none."""
    gross_error: float
    """Share of the frames voiced in both that are more than `GROSS` apart, 0 to 1."""
    voicing_error: float
    """Share of frames voiced in one only, 0 to 1."""


def compare_pitch(reference: Samples, candidate: Samples, sample_rate: int) -> PitchDifference:
    """Compare the pitch of two signals, frame by frame of 10 ms.

    Args:
        reference: The signal as it should be.
        candidate: Same length.
        sample_rate: Hertz.

    Raises:
        ValueError: The lengths differ.
    """
    check_aligned(reference, candidate)
    ours, theirs = pitch(reference, sample_rate), pitch(candidate, sample_rate)
    return PitchDifference(
        rmse_cents=f0_rmse_cents(ours, theirs),
        gross_error=gross_pitch_error(ours, theirs),
        voicing_error=float(((ours > 0) != (theirs > 0)).mean()),
    )


def f0_rmse_cents(reference: Float64Array, candidate: Float64Array) -> float:
    """Return the root mean square difference in cents over the frames voiced in both, else 0.

    Gross errors are left out: they are octaves that the estimator confuses in faint frames, and a
    hundredth of them would drown what is to be measured.

    Args:
        reference: float64, (num_frames,): hertz, 0 where unvoiced.
        candidate: float64, (num_frames,).
    """
    ratios = _voiced_ratios(reference, candidate)
    fine = ratios[np.abs(ratios - 1) <= GROSS]
    return float(np.sqrt(((1200 * np.log2(fine)) ** 2).mean())) if fine.size else 0.0


def gross_pitch_error(reference: Float64Array, candidate: Float64Array) -> float:
    """Return the share of the frames voiced in both that are more than `GROSS` apart, else 0.

    Args:
        reference: float64, (num_frames,): hertz, 0 where unvoiced.
        candidate: float64, (num_frames,).

    Source: Chu and Alwan, "Reducing F0 Frame Error of F0 tracking algorithms under noisy conditions
    with an unvoiced/voiced classification frontend", 2009.
    """
    ratios = _voiced_ratios(reference, candidate)
    return float((np.abs(ratios - 1) > GROSS).mean()) if ratios.size else 0.0


def _voiced_ratios(reference: Float64Array, candidate: Float64Array) -> Float64Array:
    voiced = (reference > 0) & (candidate > 0)
    ratios: Float64Array = candidate[voiced] / reference[voiced]
    return ratios


def pitch(samples: Samples, sample_rate: int) -> Float64Array:
    """Return the fundamental frequency of every 10 ms.

    Args:
        samples: Audio.
        sample_rate: Hertz.

    Returns:
        float64, (1 + num_samples // hop,): hertz, from `LOWEST_HZ` to `HIGHEST_HZ`; 0 where
        unvoiced.

    Source: de Cheveigne and Kawahara, "YIN, a fundamental frequency estimator for speech and
    music", 2002, steps 1 to 5.
    """
    window, longest = round(WINDOW_S * sample_rate), sample_rate // LOWEST_HZ + 1
    # One lag more than the longest period, so that a minimum there has a neighbour.
    frames = _frames(samples, window + longest + 1, round(HOP_S * sample_rate))
    normalized = _normalized_difference(frames, window, longest + 1)
    shortest = sample_rate // HIGHEST_HZ
    lags, periodic = _first_dip(normalized, shortest, longest)
    loud = np.sqrt((frames[:, :window] ** 2).mean(axis=1)) >= QUIETEST_RMS
    periods = lags + _parabolic_offset(normalized, lags)
    return np.where(periodic & loud, sample_rate / periods, 0.0)


def _frames(samples: Samples, length: int, hop: int) -> Float64Array:
    padded = np.pad(samples.astype(np.float64), (0, length))
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]


def _normalized_difference(frames: Float64Array, window: int, num_lags: int) -> Float64Array:
    """Return YIN's d' (equation 8) for lags 0..num_lags, (num_frames, num_lags + 1)."""
    size = 1 << (frames.shape[1] - 1).bit_length()
    spectrum = np.fft.rfft(frames, size)
    head = np.fft.rfft(frames[:, :window], size)
    correlation = np.fft.irfft(spectrum * head.conj(), size)[:, : num_lags + 1]
    energy = np.cumsum(np.pad(frames**2, ((0, 0), (1, 0))), axis=1)
    energy = energy[:, window : window + num_lags + 1] - energy[:, : num_lags + 1]
    power = energy[:, :1] + energy
    difference = power - 2 * correlation
    difference[difference < ROUNDING * power] = 0.0
    running_sum = np.cumsum(difference, axis=1)
    lags = np.arange(num_lags + 1)
    # Silence and direct current differ from themselves nowhere: no period, d' = 1.
    return np.divide(
        difference * lags, running_sum, where=running_sum > 0, out=np.ones_like(difference)
    )


def _first_dip(
    normalized: Float64Array, shortest: int, longest: int
) -> tuple[IntpArray, npt.NDArray[np.bool_]]:
    """Return the first local minimum below the threshold of every frame, and whether there is."""
    lags = np.arange(normalized.shape[1] - 1)
    allowed = (lags >= shortest) & (lags <= longest)
    below = (normalized[:, :-1] < APERIODICITY) & allowed
    descended = (normalized[:, :-1] <= normalized[:, 1:]) & (lags >= below.argmax(axis=1)[:, None])
    return np.maximum(descended.argmax(axis=1), 1), below.any(axis=1) & descended.any(axis=1)


def _parabolic_offset(normalized: Float64Array, lags: IntpArray) -> Float64Array:
    rows = np.arange(len(lags))
    before, here, after = (normalized[rows, lags + step] for step in (-1, 0, 1))
    curvature = before - 2 * here + after
    return np.divide(
        before - after, 2 * curvature, where=curvature > 0, out=np.zeros_like(curvature)
    )
