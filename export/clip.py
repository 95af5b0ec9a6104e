"""A reference clip, read from any audio file that libsndfile knows."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from voicepack.export.errors import ReferenceClipError
from voicepack.runtime.phones import FloatArray

SILENCE_PEAK = 1e-4
"""Quieter than this (-80 dBFS, three steps of 16-bit audio) is a clip with nothing in it."""


@dataclass(frozen=True)
class Clip:
    """Recorded speech, as it is in its file."""

    path: Path
    sha256: str
    """Of the whole file."""
    samples: FloatArray
    """float32, (channels, num_samples), full scale is 1."""
    sample_rate: int
    """Hertz."""

    @property
    def duration_s(self) -> float:
        """Length of the clip."""
        return float(self.samples.shape[1] / self.sample_rate)

    @property
    def mono(self) -> FloatArray:
        """Mean of the channels: float32, (num_samples,)."""
        mean: FloatArray = self.samples.mean(axis=0)
        return mean


def read_clip(path: Path) -> Clip:
    """Read a clip at its own rate and with all its channels.

    Raises:
        ReferenceClipError: The file is missing, not audio, empty, silent, or not finite.
    """
    if not path.is_file():
        raise ReferenceClipError(f"{path}: no such reference clip. Check the path.")
    content = path.read_bytes()
    samples, sample_rate = _decode(path, content)
    _check_samples(path, samples)
    return Clip(path, hashlib.sha256(content).hexdigest(), samples, sample_rate)


def _decode(path: Path, content: bytes) -> tuple[FloatArray, int]:
    try:
        interleaved, sample_rate = soundfile.read(
            io.BytesIO(content), dtype="float32", always_2d=True
        )
    except soundfile.LibsndfileError as error:
        raise ReferenceClipError(
            f"{path}: not audio that libsndfile can read ({error}). "
            "Give a WAV, FLAC, OGG or MP3 file; `ffmpeg -i INPUT clip.wav` converts others."
        ) from error
    return np.ascontiguousarray(interleaved.T), sample_rate


def _check_samples(path: Path, samples: FloatArray) -> None:
    if samples.size == 0:
        raise ReferenceClipError(f"{path}: the clip holds no samples. Give one with speech in it.")
    num_broken = int(np.count_nonzero(~np.isfinite(samples)))
    if num_broken:
        raise ReferenceClipError(
            f"{path}: {num_broken} of {samples.size} samples are infinite or not a number. "
            "Export the clip again from its source."
        )
    peak = float(np.abs(samples).max())
    if peak < SILENCE_PEAK:
        raise ReferenceClipError(
            f"{path}: the clip is silent (its peak is {peak:.1e} of full scale). "
            "Give one with speech in it."
        )
