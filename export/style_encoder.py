"""The style encoder: how a voice sounds, from the spectrogram of a clip to one embedding.

Source: upstream `module/modules.py`, MelStyleEncoder; Min et al., "Meta-StyleSpeech", 2021.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn
from torch.nn import functional

from voicepack.export.checkpoint import Checkpoint
from voicepack.quantize.graphs.graph import GraphSpec
from voicepack.runtime.contract import GraphRole, SpeakerTensor
from voicepack.runtime.manifest import TensorSpec

NUM_HEADS = 2
"""Attention heads. Upstream writes this into its code, so no checkpoint tells it."""

STYLE_ENCODER_WEIGHTS: Mapping[str, str] = {
    "ref_enc.spectral.0.fc": "frame_layers.0",
    "ref_enc.spectral.3.fc": "frame_layers.1",
    "ref_enc.temporal.{i}.conv1.conv": "gated_convolutions.{i}",
    "ref_enc.slf_attn.w_qs": "query",
    "ref_enc.slf_attn.w_ks": "key",
    "ref_enc.slf_attn.w_vs": "value",
    "ref_enc.slf_attn.fc": "attention_output",
    "ref_enc.fc.fc": "embedding",
}
"""Upstream name in a SoVITS file -> ours, relative to the `StyleEncoder`."""


class StyleEncoder(nn.Module):
    """Frame by frame, then over neighbours, then over the whole clip, and at last the mean.

    Args:
        num_bins: Lowest bins of the spectrogram that are used: 1025 (all) in v1, 704 since.
        hidden_size: Width of the frames inside.
        embedding_size: Channels of the result.
        kernel_size: Frames a gated convolution sees.
    """

    def __init__(
        self, num_bins: int, hidden_size: int, embedding_size: int, kernel_size: int
    ) -> None:
        super().__init__()
        self.num_bins = num_bins
        self.frame_layers = nn.ModuleList(
            [nn.Linear(num_bins, hidden_size), nn.Linear(hidden_size, hidden_size)]
        )
        self.gated_convolutions = nn.ModuleList(
            nn.Conv1d(hidden_size, 2 * hidden_size, kernel_size, padding=kernel_size // 2)
            for _ in range(2)
        )
        self.query = nn.Linear(hidden_size, hidden_size)
        self.key = nn.Linear(hidden_size, hidden_size)
        self.value = nn.Linear(hidden_size, hidden_size)
        self.attention_output = nn.Linear(hidden_size, hidden_size)
        self.embedding = nn.Linear(hidden_size, embedding_size)

    @classmethod
    def sized_for(cls, checkpoint: Checkpoint) -> StyleEncoder:
        """Make an encoder of the size that a SoVITS checkpoint holds, its weights still to load.

        Raises:
            CheckpointError: A weight that tells the size is missing.
        """
        return cls(
            num_bins=checkpoint.size("ref_enc.spectral.0.fc.weight", 1),
            hidden_size=checkpoint.size("ref_enc.spectral.0.fc.weight", 0),
            embedding_size=checkpoint.size("ref_enc.fc.fc.weight", 0),
            kernel_size=checkpoint.size("ref_enc.temporal.0.conv1.conv.weight", 2),
        )

    def forward(self, spectrogram: torch.Tensor) -> torch.Tensor:
        """Encode clips.

        Args:
            spectrogram: float32, (batch, at least num_bins, frames), linear magnitudes.

        Returns:
            float32, (batch, embedding_size).
        """
        hidden = spectrogram[:, : self.num_bins].transpose(1, 2)
        for layer in self.frame_layers:
            hidden = functional.mish(layer(hidden))
        hidden = hidden.transpose(1, 2)
        for convolution in self.gated_convolutions:
            hidden = hidden + functional.glu(convolution(hidden), dim=1)
        hidden = hidden.transpose(1, 2)
        hidden = hidden + self._attend(hidden)
        embedding: torch.Tensor = self.embedding(hidden).mean(dim=1)
        return embedding

    def _attend(self, hidden: torch.Tensor) -> torch.Tensor:
        query, key, value = (
            layer(hidden).unflatten(2, (NUM_HEADS, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        # Upstream divides by the root of the model's width, not of the head's.
        scale = hidden.shape[2] ** -0.5
        heads = functional.scaled_dot_product_attention(query, key, value, scale=scale)
        output: torch.Tensor = self.attention_output(heads.transpose(1, 2).flatten(2))
        return output


def speaker_spec(num_frequencies: int, embedding_size: int) -> GraphSpec:
    """Say what the speaker graph takes and returns.

    Args:
        num_frequencies: Rows of the spectrogram, of which the encoder may use fewer.
        embedding_size: Channels of the result.
    """
    frames = (1, num_frequencies, "frames")
    return GraphSpec(
        role=GraphRole.SPEAKER,
        inputs=(TensorSpec(SpeakerTensor.SPECTROGRAM, "float32", frames),),
        outputs=(TensorSpec(SpeakerTensor.EMBEDDING, "float32", (1, embedding_size)),),
    )
