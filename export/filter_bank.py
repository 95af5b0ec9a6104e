"""Kaldi's log mel filter bank, which the speaker encoder listens to.

Source: Kaldi, `feat/feature-fbank.cc` and `feat/mel-computations.cc`, with upstream's options
(`sv.py`): 80 bands, no dither, and everything else at its default.
"""

from __future__ import annotations

from functools import lru_cache

import torch

from voicepack.runtime.phones import FloatArray

SAMPLE_RATE = 16000
"""Hertz."""
FRAME = 400
"""Samples of a frame: 25 ms."""
HOP = 160
"""Samples between two frames: 10 ms."""
FFT_SIZE = 512
"""The frame, filled up to a power of two."""
NUM_BANDS = 80
LOWEST_HZ = 20
PREEMPHASIS = 0.97


def log_filter_bank(samples: FloatArray) -> torch.Tensor:
    """Take the log energies of a clip in 80 mel bands.

    Args:
        samples: float32, (num_samples,), 16 kHz, full scale is 1 (Kaldi itself has 32768), at
            least `FRAME` of them. What does not fill a last frame is dropped.

    Returns:
        float32, (1 + (num_samples - FRAME) // HOP, NUM_BANDS).
    """
    frames = torch.from_numpy(samples).unfold(0, FRAME, HOP)
    frames = frames - frames.mean(dim=1, keepdim=True)
    # The first sample of a frame is its own predecessor.
    before = torch.cat([frames[:, :1], frames[:, :-1]], dim=1)
    frames = (frames - PREEMPHASIS * before) * _povey_window()
    power = torch.fft.rfft(frames, n=FFT_SIZE).abs().square()
    energies: torch.Tensor = power[:, :-1] @ _mel_bands().T
    return energies.clamp(min=torch.finfo(torch.float32).eps).log()


def _povey_window() -> torch.Tensor:
    return torch.hann_window(FRAME, periodic=False).pow(0.85)


@lru_cache(maxsize=1)
def _mel_bands() -> torch.Tensor:
    """Triangles on the mel scale: float32, (NUM_BANDS, FFT_SIZE // 2), without the Nyquist bin."""
    bins = _mel(torch.arange(FFT_SIZE // 2) * SAMPLE_RATE / FFT_SIZE)
    lowest, highest = _mel(torch.tensor([LOWEST_HZ, SAMPLE_RATE / 2]))
    step = (highest - lowest) / (NUM_BANDS + 1)
    rising = (bins - lowest) / step - torch.arange(NUM_BANDS).unsqueeze(1)
    return torch.minimum(rising, 2 - rising).clamp(min=0).float()


def _mel(hertz: torch.Tensor) -> torch.Tensor:
    return 1127 * torch.log1p(hertz.double() / 700)
