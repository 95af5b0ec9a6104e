"""Detects speech that is damaged or ran away: what needs no reference to be called wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicepack.quantize.metrics.waveform import Samples
from voicepack.runtime.phones import IntArray
from voicepack.runtime.runaway import Repetition, RepetitionDetector

BLOCK_S = 0.010
SILENCE_RMS = 1e-3
"""A block below -60 dB of full scale is silent."""
CLIPPED = 0.999
"""A sample this large is at the converter's limit."""


@dataclass(frozen=True)
class AudioHealth:
    """What is suspicious in a piece of audio. Each number is 0 for the healthiest."""

    non_finite: int
    """Samples that are NaN or infinite; the other numbers take them for 0."""
    clipped_fraction: float
    """Share of samples at the limit."""
    longest_clip: int
    """Samples at the limit in a row: a healthy peak touches it once or twice."""
    silent_fraction: float
    """Share of blocks that are silent; 1 for audio without samples."""
    longest_silence_s: float
    """The longest gap, in seconds, to the block of 10 ms."""
    dc_offset: float
    """Mean, without its sign; full scale is 1."""


def inspect_audio(samples: Samples, sample_rate: int) -> AudioHealth:
    """Look for damage in a piece of audio.

    Args:
        samples: Audio, any length.
        sample_rate: Hertz.
    """
    finite = np.isfinite(samples)
    audio = np.where(finite, samples, 0.0).astype(np.float64)
    clipped = np.abs(audio) >= CLIPPED
    silent = _block_rms(audio, round(BLOCK_S * sample_rate)) < SILENCE_RMS
    return AudioHealth(
        non_finite=int(audio.size - finite.sum()),
        clipped_fraction=float(clipped.mean()) if audio.size else 0.0,
        longest_clip=longest_run(clipped),
        silent_fraction=float(silent.mean()) if audio.size else 1.0,
        longest_silence_s=longest_run(silent) * BLOCK_S,
        dc_offset=float(abs(audio.mean())) if audio.size else 0.0,
    )


def find_repetition(tokens: IntArray) -> Repetition | None:
    """Return the first loop in a sequence of tokens, at its full length, or None.

    Args:
        tokens: int64, (num_tokens,): generated tokens, without the prompt's.
    """
    detector = RepetitionDetector()
    found = None
    for token in tokens:
        if detector.push(int(token)):
            found = detector.repetition
        elif found:
            break
    return found


def length_change(reference_length: int, candidate_length: int) -> float:
    """Return by which share of its length the candidate is longer or shorter, never negative.

    Args:
        reference_length: Samples or tokens.
        candidate_length: In the same unit.

    Returns:
        0 when equal, 1 for twice as long or for nothing; infinite when only the reference is empty.
    """
    if reference_length == candidate_length:
        return 0.0
    if not reference_length:
        return np.inf
    return abs(candidate_length - reference_length) / reference_length


def longest_run(flags: npt.NDArray[np.bool_]) -> int:
    """Count the longest stretch of true flags.

    Args:
        flags: bool, (num_flags,).
    """
    false_at = np.flatnonzero(~np.pad(flags, 1))
    return int(np.diff(false_at).max()) - 1


def _block_rms(audio: npt.NDArray[np.float64], block: int) -> npt.NDArray[np.float64]:
    starts = np.arange(0, audio.size, block)
    if not starts.size:
        return np.empty(0)
    lengths = np.diff(starts, append=audio.size)
    rms: npt.NDArray[np.float64] = np.sqrt(np.add.reduceat(audio**2, starts) / lengths)
    return rms
