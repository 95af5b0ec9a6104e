"""The linear spectrogram that the style encoder listens to.

Source: upstream `module/mel_processing.py`, spectrogram_torch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from voicepack.export.config import SovitsConfig
from voicepack.runtime.phones import FloatArray

POWER_FLOOR = 1e-8
"""Added to the power, so that the magnitude of silence is 1e-4."""


@dataclass(frozen=True)
class SpectrogramShape:
    """Framing of the spectrogram that a voice was trained on."""

    sample_rate: int
    """Hertz."""
    fft_size: int
    """Samples; upstream's filter_length."""
    hop: int
    """Samples between two frames."""
    window: int
    """Samples under the Hann window."""

    @classmethod
    def of(cls, config: SovitsConfig) -> SpectrogramShape:
        """Take the framing from the config of a SoVITS checkpoint."""
        return cls(
            sample_rate=config.sample_rate,
            fft_size=config.filter_length,
            hop=config.hop_length,
            window=config.win_length,
        )

    @property
    def padding(self) -> int:
        """Samples mirrored at each end, so that the first frame begins with the clip."""
        return (self.fft_size - self.hop) // 2

    @property
    def min_samples(self) -> int:
        """Fewest samples that can be mirrored and still fill a frame."""
        return max(self.padding + 1, self.fft_size - 2 * self.padding)


def limit_peak(samples: FloatArray) -> FloatArray:
    """Scale down what exceeds full scale, by at most 2.

    Args:
        samples: float32, (num_samples,).

    Source: upstream `TTS_infer_pack/TTS.py`, _get_ref_spec.
    """
    peak = np.abs(samples).max()
    return samples / np.float32(min(2, peak)) if peak > 1 else samples


def linear_spectrogram(samples: FloatArray, shape: SpectrogramShape) -> torch.Tensor:
    """Take the magnitudes of a clip's short-time spectrum.

    Args:
        samples: float32, (num_samples,), at least `shape.min_samples`.
        shape: Framing; its rate is the samples' rate.

    Returns:
        float32, (1, fft_size // 2 + 1, num_frames).
    """
    padded = functional.pad(
        torch.from_numpy(samples).unsqueeze(0), (shape.padding, shape.padding), mode="reflect"
    )
    spectrum = torch.stft(
        padded,
        shape.fft_size,
        shape.hop,
        shape.window,
        torch.hann_window(shape.window),
        center=False,
        return_complex=True,
    )
    # Upstream's sum of squares, not abs(): its hypot rounds otherwise, and knows no floor.
    return torch.view_as_real(spectrum).square().sum(-1).add(POWER_FLOOR).sqrt()
