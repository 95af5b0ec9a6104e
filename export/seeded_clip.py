"""A reference clip made by rule: a voice humming syllables, for where no recording is at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from voicepack.runtime.phones import FloatArray

CLIP_RATE = 32000
"""Hertz."""
CLIP_S = 4.6
SYLLABLE_S = 0.23

_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480))
"""First three formants in hertz of the vowels in "father", "see", "who", "bed".

Source: Peterson and Barney, "Control Methods Used in a Study of the Vowels", 1952.
"""
_FORMANT_WIDTH = 120.0
"""Hertz."""
_PITCH = 120.0
"""Hertz, in the middle of the melody."""
_NUM_HARMONICS = 40


def write_clip(path: Path, seed: int) -> None:
    """Write the clip as a 16-bit mono WAV file of `CLIP_S` seconds."""
    soundfile.write(path, hum(seed), CLIP_RATE, subtype="PCM_16")


def hum(seed: int) -> FloatArray:
    """Hum a melody of vowels.

    Returns:
        float32, (num_samples,): samples at `CLIP_RATE`, the largest of them 0.5.
    """
    random = np.random.default_rng(seed)
    time = np.arange(round(CLIP_S * CLIP_RATE)) / CLIP_RATE
    syllable = (time / SYLLABLE_S).astype(np.int64)
    num_syllables = int(syllable[-1]) + 1
    vowels = np.array(_VOWELS)[random.integers(len(_VOWELS), size=num_syllables)]
    notes = _PITCH * 2 ** random.uniform(-0.25, 0.25, num_syllables)
    pitch = np.interp(time, (np.arange(num_syllables) + 0.5) * SYLLABLE_S, notes)
    phase = 2 * np.pi * np.cumsum(pitch) / CLIP_RATE
    sound = np.zeros_like(time)
    for harmonic in range(1, _NUM_HARMONICS + 1):
        distance = harmonic * pitch[:, None] - vowels[syllable]
        loudness = (1 / (1 + (distance / _FORMANT_WIDTH) ** 2)).sum(axis=1) / harmonic
        sound += loudness * np.sin(harmonic * phase)
    sound *= np.sin(np.pi * (time / SYLLABLE_S % 1)) ** 2
    breath = random.normal(scale=0.002, size=time.size)
    return np.asarray(0.5 * sound / np.abs(sound).max() + breath, dtype=np.float32)
