"""How far a sound is from the one wanted: spectra with phase, and their logarithms without."""

from __future__ import annotations

import torch
from source_speech import SAMPLE_RATE
from torch import Tensor

WINDOWS = (256, 1024, 2048)
EMPHASIS = 0.9
"""Of the pre-emphasis, so that high frequencies count as well."""
FLOOR = 2e-3
"""Magnitude beneath which differences do not count."""
PHASE_WEIGHT = 0.5
HEARD_LIKE_LOW = 1000.0
"""Hertz from which on frequencies count the less the higher they are, as ears have it."""


def spectral_loss(made: Tensor, wanted: Tensor) -> Tensor:
    """Compare sounds, float32 (batch, samples), at several resolutions."""
    made, wanted = (sound[:, 1:] - EMPHASIS * sound[:, :-1] for sound in (made, wanted))
    total = torch.zeros(())
    for size in WINDOWS:
        window = torch.hann_window(size)
        one, other = (
            torch.stft(sound, size, size // 4, window=window, center=False, return_complex=True)
            / window.sum().sqrt()
            for sound in (made, wanted)
        )
        distance = (torch.view_as_real(one - other).square().sum(-1) + 1e-9).sqrt()
        loudness = [(torch.view_as_real(it).square().sum(-1) + 1e-9).sqrt() for it in (one, other)]
        logs = [(it + FLOOR).log() for it in loudness]
        level = loudness[1].mean(dim=(1, 2), keepdim=True) + FLOOR
        error = PHASE_WEIGHT * distance / level + (logs[0] - logs[1]).abs()
        total = total + (error.mean(dim=(0, 2)) * _importance(size)).mean()
    return total / len(WINDOWS)


def _importance(size: int) -> Tensor:
    """Weigh the frequencies of a spectrum: float32, (size // 2 + 1,), 1 in the mean."""
    frequencies = torch.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    weights = 1 / (1 + frequencies / HEARD_LIKE_LOW)
    return weights / weights.mean()
