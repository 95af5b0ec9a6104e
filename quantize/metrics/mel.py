"""The mel spectrogram, and how far two time-aligned signals are apart in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voicepack.quantize.metrics.stft import Magnitudes, Resolution, resolution_magnitudes
from voicepack.quantize.metrics.waveform import Samples, check_aligned

Float64Array = npt.NDArray[np.float64]
NUM_BANDS = 80
RESOLUTION = Resolution(window_s=0.050, hop_s=0.010)
FLOOR = 1e-5
"""Smallest band magnitude whose logarithm is taken, as in HiFi-GAN."""
DYNAMIC_RANGE = 1e-4
"""80 dB, librosa's default as well: a band that much weaker than the loudest one is not heard."""

# Slaney's scale: linear up to 1 kHz, then 27 bands for a factor of 6.4.
_HERTZ_PER_MEL = 200 / 3
_KNEE_HZ = 1000.0
_KNEE_MEL = _KNEE_HZ / _HERTZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27


def log_mel_l1(reference: Samples, candidate: Samples, sample_rate: int) -> float:
    """Return the mean absolute difference of two log-mel spectrograms, in nats.

    Both are cut off 80 dB below the reference's loudest band. Without that, the figure is mostly
    about the noise in pauses, which rounding to 16 bits changes as much as quantization does.

    Args:
        reference: The signal as it should be.
        candidate: Same length.
        sample_rate: Hertz.

    Raises:
        ValueError: The lengths differ.

    Source: the mel-spectrogram loss of Kong, Kim and Bae, "HiFi-GAN", 2020.
    """
    check_aligned(reference, candidate)
    expected, found = log_mel(reference, sample_rate), log_mel(candidate, sample_rate)
    floor = expected.max(initial=np.log(FLOOR)) + np.log(DYNAMIC_RANGE)
    return float(np.abs(np.maximum(expected, floor) - np.maximum(found, floor)).mean())


def log_mel(samples: Samples, sample_rate: int) -> Float64Array:
    """Return the natural logarithm of the mel bands' magnitudes.

    Args:
        samples: Audio.
        sample_rate: Hertz.

    Returns:
        float64, (num_frames, NUM_BANDS), a frame every 10 ms. Silence is log(FLOOR).
    """
    magnitudes: Magnitudes = resolution_magnitudes(samples, RESOLUTION, sample_rate)
    fft_size = 2 * (magnitudes.shape[1] - 1)
    bands = magnitudes @ mel_filter_bank(sample_rate, fft_size, NUM_BANDS).T
    log_bands: Float64Array = np.log(np.maximum(bands, FLOOR))
    return log_bands


def mel_filter_bank(sample_rate: int, fft_size: int, num_bands: int) -> Float64Array:
    """Return triangular filters of equal area, evenly spaced in mel from 0 Hz to half the rate.

    Args:
        sample_rate: Hertz.
        fft_size: Samples of the transform.
        num_bands: How many filters.

    Returns:
        float64, (num_bands, fft_size // 2 + 1).

    Source: Slaney, "Auditory Toolbox", 1998; the same numbers as `librosa.filters.mel`'s defaults.
    """
    bins = np.arange(fft_size // 2 + 1) * (sample_rate / fft_size)
    edges = mel_to_hertz(np.linspace(0.0, hertz_to_mel(sample_rate / 2), num_bands + 2))
    low, center, high = (edges[i : i + num_bands, None] for i in range(3))
    triangles = np.minimum((bins - low) / (center - low), (high - bins) / (high - center))
    filters: Float64Array = np.maximum(triangles, 0.0) * (2 / (high - low))
    return filters


def hertz_to_mel(frequency: float) -> float:
    """Map hertz to Slaney's mel: 15 mel are 1 kHz."""
    if frequency < _KNEE_HZ:
        return frequency / _HERTZ_PER_MEL
    return float(_KNEE_MEL + np.log(frequency / _KNEE_HZ) / _LOG_STEP)


def mel_to_hertz(mel: Float64Array) -> Float64Array:
    """Map Slaney's mel to hertz."""
    above = _KNEE_HZ * np.exp(_LOG_STEP * (mel - _KNEE_MEL))
    return np.where(mel < _KNEE_MEL, mel * _HERTZ_PER_MEL, above)
