"""Mel spectrograms as images: one recording, or the difference of two."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from voicepack.quantize.metrics.mel import log_mel
from voicepack.quantize.reports.png import ByteArray, to_png
from voicepack.runtime.phones import FloatArray

Float64Array = npt.NDArray[np.float64]

RANGE_DB = 80.0
"""What lies this far below the loudest point of the baseline is drawn as silence."""
DIFFERENCE_DB = 20.0
"""A difference this large has the darkest colour."""
DB_PER_NEPER = 20 / math.log(10)

_LOUDNESS_COLOURS = ("#000008", "#2b0b5e", "#7b1f81", "#d1426d", "#fb9467", "#fcfdbf")
_DIFFERENCE_COLOURS = ("#08306b", "#4292c6", "#ffffff", "#ef6548", "#7f0000")
"""Quieter than the baseline, the same, louder."""


def spectrogram_image(samples: FloatArray, loudest_db: float, sample_rate: int) -> bytes:
    """Draw the mel spectrogram of a recording as PNG, low frequencies below, 10 ms a pixel.

    Args:
        samples: float32, (num_samples,).
        loudest_db: Level of the brightest colour, such as `loudest` of the baseline.
        sample_rate: Hertz.
    """
    level = mel_db(samples, sample_rate)
    return _image((level - loudest_db) / RANGE_DB + 1, _LOUDNESS_COLOURS)


def difference_image(reference: FloatArray, candidate: FloatArray, sample_rate: int) -> bytes:
    """Draw by how much a recording is louder (red) or quieter (blue) than another, as PNG.

    Args:
        reference: float32, (num_samples,).
        candidate: float32, (num_samples,).
        sample_rate: Hertz.
    """
    ours, theirs = mel_db(reference, sample_rate), mel_db(candidate, sample_rate)
    # What is too quiet to be seen in the spectrograms should not glow in their difference.
    floor = ours.max() - RANGE_DB
    difference = np.maximum(theirs, floor) - np.maximum(ours, floor)
    return _image(difference / (2 * DIFFERENCE_DB) + 0.5, _DIFFERENCE_COLOURS)


def mel_db(samples: FloatArray, sample_rate: int) -> Float64Array:
    """Return the mel spectrogram in dB, float64 (num_frames, num_bands); NaN counts as silence."""
    finite = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    level: Float64Array = log_mel(finite, sample_rate) * DB_PER_NEPER
    return level


def _image(shares: Float64Array, colours: tuple[str, ...]) -> bytes:
    """Draw numbers from 0 to 1, (num_frames, num_bands), as colours from first to last."""
    pixels = np.clip(np.round(shares.T[::-1] * 255), 0, 255).astype(np.uint8)
    return to_png(pixels, _palette(colours))


def _palette(colours: tuple[str, ...]) -> ByteArray:
    """Blend colours into 256."""
    anchors = np.array([list(bytes.fromhex(colour[1:])) for colour in colours])
    at = np.linspace(0, len(colours) - 1, 256)
    channels = [np.interp(at, np.arange(len(colours)), channel) for channel in anchors.T]
    return np.round(np.stack(channels, axis=1)).astype(np.uint8)
