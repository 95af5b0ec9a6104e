"""What a Pro voice adds to its embedding: who speaks, as speaker verification hears it.

Source: upstream `sv.py` and `module/models.py`, decode.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from voicepack.export.filter_bank import FRAME, SAMPLE_RATE, log_filter_bank
from voicepack.export.resampling import resample_sinc
from voicepack.runtime.phones import FloatArray


@dataclass(frozen=True)
class SpeakerBranch:
    """The speaker encoder, which all voices share, and the voice's own way to make use of it."""

    encoder: nn.Module
    """float32, (1, num_frames, 80) -> (1, speaker_channels): the `SpeakerEncoder`."""
    projection: nn.Linear
    """speaker_channels -> embedding channels; upstream's sv_emb."""
    activation: nn.PReLU
    """Over the sum of style and speaker, with a slope a channel."""

    @staticmethod
    def min_samples(sample_rate: int) -> int:
        """Count the samples that make one frame of the filter bank."""
        return -(-FRAME * sample_rate // SAMPLE_RATE)

    def add_speaker(
        self, style: torch.Tensor, samples: FloatArray, sample_rate: int
    ) -> torch.Tensor:
        """Complete the style of a clip by its speaker.

        Args:
            style: float32, (1, channels), of the same clip.
            samples: float32, (num_samples,), at the voice's own rate.
            sample_rate: Hertz.

        Returns:
            float32, (1, channels).
        """
        filter_bank = log_filter_bank(resample_sinc(samples, sample_rate, SAMPLE_RATE))
        speaker = self.projection(self.encoder(filter_bank.unsqueeze(0)))
        embedding: torch.Tensor = self.activation(style + speaker)
        return embedding
