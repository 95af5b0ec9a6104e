"""What the vocoder reads: 64 numbers for every 20 ms that tell the sound of the token grid exactly.

The latent of a trained GPT-SoVITS voice is found by an autoencoder. Here it is chosen, so that the
net before it and the vocoder after it can be trained on their own, side by side.
"""

from __future__ import annotations

import numpy as np
import scipy.fft
from resynthesis import FREQUENCIES, HISSING, STEPS_PER_TOKEN, GridSpeech, border_cycles
from token_grid import CYCLES, PHONES, UNVOICED, TokenGrid

from voicepack.runtime.contract import FRAMES_PER_TOKEN
from voicepack.runtime.phones import FloatArray

NUM_BANDS = 48
MEAN_ORDERS, CHANGE_ORDERS = 36, 20
"""Cepstral coefficients kept of a frame's spectrum, and of its change within the frame."""
CHANNELS = MEAN_ORDERS + CHANGE_ORDERS + 5 + len(CYCLES)
QUIET = -16.0
"""Logarithm of a power that counts as silence."""
SCALE = 0.5
LIFT = 0.25
"""How much each cepstral order is raised, so that the fine shape of a spectrum counts too."""


def acoustic_frames(speech: GridSpeech) -> FloatArray:
    """Describe a sentence: float32, (num_tokens * 2, CHANNELS)."""
    return np.concatenate([_spectrum(speech.envelope), _excitation(speech.grid)], axis=1)


def _spectrum(envelope: FloatArray) -> FloatArray:
    bands = np.log(envelope @ _band_weights().T + np.exp(QUIET))
    half = STEPS_PER_TOKEN // FRAMES_PER_TOKEN // 2
    halves = bands.reshape(-1, 2, half, NUM_BANDS).mean(axis=2)
    cepstra = scipy.fft.dct(halves, norm="ortho") / np.sqrt(NUM_BANDS)
    mean = cepstra.mean(axis=1)
    mean[:, 0] -= QUIET / 2
    change = (cepstra[:, 1] - cepstra[:, 0]) / 2
    lift = 1 + LIFT * np.arange(NUM_BANDS)
    kept = ((lift * mean)[:, :MEAN_ORDERS], (2 * lift * change)[:, :CHANGE_ORDERS])
    spectrum: FloatArray = (SCALE * np.concatenate(kept, axis=1)).astype(np.float32)
    return spectrum


def _band_weights() -> FloatArray:
    """Make triangles of equal width on the mel scale: (NUM_BANDS, frequencies), rows sum to 1."""
    mel = 2595 * np.log10(1 + FREQUENCIES / 700)
    centres = np.linspace(mel[1], mel[-1], NUM_BANDS + 2)
    width = centres[1] - centres[0]
    weights = np.maximum(0, 1 - np.abs(mel - centres[1:-1, None]) / width)
    normed: FloatArray = weights / weights.sum(axis=1, keepdims=True)
    return normed


def _excitation(grid: TokenGrid) -> FloatArray:
    before, after = border_cycles(grid)
    unvoiced = np.isin(grid.phones, [PHONES.index(phone) for phone in UNVOICED])
    hissing = np.isin(grid.phones, [PHONES.index(phone) for phone in HISSING])
    levels = grid.cycles[:, None] == np.array(CYCLES)
    glides = np.stack([before - grid.cycles, after - grid.cycles], axis=1) * ~unvoiced[:, None]
    tokens = np.column_stack([levels, unvoiced, hissing, 2 * glides])
    frames = np.repeat(tokens.astype(np.float32), FRAMES_PER_TOKEN, axis=0)
    which_half = np.tile(np.array([-0.5, 0.5], np.float32), len(tokens))
    return np.column_stack([frames, which_half])
