"""Short-time Fourier magnitudes, and how far two time-aligned signals are apart in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicepack.quantize.metrics.waveform import Samples, check_aligned

Magnitudes = npt.NDArray[np.float64]
"""(num_frames, num_bins)."""


@dataclass(frozen=True)
class Resolution:
    """Window and hop of one short-time Fourier transform."""

    window_s: float
    hop_s: float


RESOLUTIONS = (Resolution(0.010, 0.002), Resolution(0.025, 0.005), Resolution(0.050, 0.010))
"""The three of Parallel WaveGAN, in seconds. At 32 kHz: windows of 320, 800 and 1600 samples, hops
of 64, 160 and 320, transforms of 512, 1024 and 2048."""
FLOOR = 1e-7**0.5
"""Smallest magnitude whose logarithm is taken, as in Parallel WaveGAN."""


@dataclass(frozen=True)
class StftDistance:
    """Mean over `RESOLUTIONS`; both are 0 for equal signals."""

    convergence: float
    """Energy norm of the difference over that of the reference: dominated by the loud parts."""
    log_magnitude: float
    """Mean absolute difference of natural logarithms: loud and quiet parts count alike."""


def multi_resolution_stft(reference: Samples, candidate: Samples, sample_rate: int) -> StftDistance:
    """Compare the magnitudes of two signals at three resolutions.

    Args:
        reference: The signal as it should be.
        candidate: Same length.
        sample_rate: Hertz.

    Returns:
        The convergence is infinite when only the reference is silent.

    Raises:
        ValueError: The lengths differ.

    Source: Yamamoto, Song and Kim, "Parallel WaveGAN", 2020, equations 4 to 6; upstream of the
    measure: Arik, Jun and Diamos, "Fast Spectrogram Inversion", 2018.
    """
    check_aligned(reference, candidate)
    distances = [
        _distance(
            resolution_magnitudes(reference, resolution, sample_rate),
            resolution_magnitudes(candidate, resolution, sample_rate),
        )
        for resolution in RESOLUTIONS
    ]
    return StftDistance(
        convergence=float(np.mean([distance.convergence for distance in distances])),
        log_magnitude=float(np.mean([distance.log_magnitude for distance in distances])),
    )


def resolution_magnitudes(samples: Samples, resolution: Resolution, sample_rate: int) -> Magnitudes:
    """Return the magnitudes at one resolution; the transform is the next power of two.

    Args:
        samples: Audio.
        resolution: Window and hop.
        sample_rate: Hertz.
    """
    window_length = round(resolution.window_s * sample_rate)
    fft_size = 1 << (window_length - 1).bit_length()
    return stft_magnitudes(samples, fft_size, window_length, round(resolution.hop_s * sample_rate))


def stft_magnitudes(
    samples: Samples, fft_size: int, window_length: int, hop_length: int
) -> Magnitudes:
    """Return the magnitudes of a Hann-windowed transform; frame t is centered on sample t * hop.

    Args:
        samples: Audio; zeros are added around it.
        fft_size: At least `window_length`; the window is padded with zeros.
        window_length: Samples, even.
        hop_length: Samples.

    Returns:
        float64, (1 + num_samples // hop_length, fft_size // 2 + 1). A full-scale sine peaks at a
        quarter of the window length.
    """
    padded = np.pad(samples.astype(np.float64), window_length // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window_length)[::hop_length]
    # The periodic window: numpy.hanning is the symmetric one.
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window_length) / window_length)
    magnitudes: Magnitudes = np.abs(np.fft.rfft(frames * window, fft_size))
    return magnitudes


def _distance(reference: Magnitudes, candidate: Magnitudes) -> StftDistance:
    log_reference, log_candidate = (np.log(np.maximum(m, FLOOR)) for m in (reference, candidate))
    return StftDistance(
        convergence=_relative_difference(reference, candidate),
        log_magnitude=float(np.abs(log_reference - log_candidate).mean()),
    )


def _relative_difference(reference: Magnitudes, candidate: Magnitudes) -> float:
    difference = float(np.linalg.norm(candidate - reference))
    if difference == 0:
        return 0.0
    norm = float(np.linalg.norm(reference))
    return difference / norm if norm else np.inf
