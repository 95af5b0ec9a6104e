"""The two resamplers of upstream: one before the tokens, another before the embedding.

No ear tells them apart, but their samples differ, so each keeps its own.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import soxr
from numpy.lib.stride_tricks import sliding_window_view

from voicepack.runtime.phones import FloatArray

Float64Array = npt.NDArray[np.float64]

ZERO_CROSSINGS = 6
"""Zeros of the sinc on each side of its peak that the filter keeps."""
ROLLOFF = 0.99
"""Cut-off frequency, as a part of the lower of the two Nyquist frequencies."""


def num_resampled(num_samples: int, rate: int, new_rate: int) -> int:
    """Count the samples that `resample_soxr` makes of `num_samples`.

    Args:
        num_samples: Samples at `rate`.
        rate: Hertz.
        new_rate: Hertz.
    """
    # In floating point, as librosa has it: with exact integers it is one less now and then.
    return math.ceil(num_samples * (new_rate / rate))


def resample_soxr(samples: FloatArray, rate: int, new_rate: int) -> FloatArray:
    """Resample as `librosa.load` does.

    Args:
        samples: float32, (num_samples,).
        rate: Hertz.
        new_rate: Hertz.

    Returns:
        float32, (num_resampled(num_samples, rate, new_rate),).

    Source: librosa 0.11, `core/audio.py`: soxr at its "HQ" quality, then cut or zero-filled to
    the expected length.
    """
    if rate == new_rate:
        return samples
    resampled = soxr.resample(samples, rate, new_rate, quality="HQ")
    expected = num_resampled(samples.size, rate, new_rate)
    missing = max(0, expected - resampled.size)
    return np.pad(resampled, (0, missing))[:expected].astype(np.float32, copy=False)


def resample_sinc(samples: FloatArray, rate: int, new_rate: int) -> FloatArray:
    """Resample as torchaudio's `Resample` does when nothing but the rates is given.

    A new sample is the sum of its old neighbours, weighted by a sinc under a Hann window. The
    weights only depend on where it lies between two old samples, of which there are as many cases
    ("phases") as the new rate has parts in the greatest common divisor of both.

    Args:
        samples: float32, (num_samples,).
        rate: Hertz.
        new_rate: Hertz.

    Returns:
        float32, (ceil(num_samples * new_rate / rate),).

    Source: J. O. Smith, "Digital Audio Resampling"; parameters: torchaudio, `functional.resample`.
    """
    divisor = math.gcd(rate, new_rate)
    step, num_phases = rate // divisor, new_rate // divisor
    if step == num_phases:
        return samples
    cutoff = ROLLOFF * min(step, num_phases)
    reach = math.ceil(ZERO_CROSSINGS * step / cutoff)
    offsets = np.arange(-reach, reach + 1)
    # The last phases of the last block look past the end, where torchaudio sees zeros as well.
    windows = sliding_window_view(np.pad(samples, (reach, reach + step)), offsets.size)
    resampled = np.empty(-(-samples.size * num_phases // step), np.float32)
    for phase in range(num_phases):
        nearest = phase * step // num_phases
        # torchaudio has the phase in single precision: without that, 44.1 kHz is off by 1e-5.
        place = float(np.float32(phase / num_phases))
        taps = _windowed_sinc(cutoff * ((nearest + offsets) / step - place)) * (cutoff / step)
        target = resampled[phase::num_phases]
        target[:] = windows[nearest::step][: target.size] @ taps.astype(np.float32)
    return resampled


def _windowed_sinc(distance: Float64Array) -> Float64Array:
    distance = np.clip(distance, -ZERO_CROSSINGS, ZERO_CROSSINGS)
    hann: Float64Array = np.cos(distance * np.pi / (2 * ZERO_CROSSINGS)) ** 2
    return hann * np.sinc(distance)
