"""The text encoder: which speech the semantic tokens and the phones together ask for.

Source: upstream `module/models.py`, TextEncoder, and `module/attentions.py`, Encoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from voicepack.export.mrte import Mrte
from voicepack.export.relative_attention import RelativeAttention
from voicepack.runtime.contract import FRAMES_PER_TOKEN

ENCODER_WEIGHTS: Mapping[str, str] = {
    "attn_layers.{i}.conv_q": "blocks.{i}.attention.query",
    "attn_layers.{i}.conv_k": "blocks.{i}.attention.key",
    "attn_layers.{i}.conv_v": "blocks.{i}.attention.value",
    "attn_layers.{i}.conv_o": "blocks.{i}.attention.output",
    "attn_layers.{i}.emb_rel_k": "blocks.{i}.attention.distance_keys",
    "attn_layers.{i}.emb_rel_v": "blocks.{i}.attention.distance_values",
    "norm_layers_1.{i}.gamma": "blocks.{i}.attention_norm.weight",
    "norm_layers_1.{i}.beta": "blocks.{i}.attention_norm.bias",
    "ffn_layers.{i}.conv_1": "blocks.{i}.expand",
    "ffn_layers.{i}.conv_2": "blocks.{i}.contract",
    "norm_layers_2.{i}.gamma": "blocks.{i}.feed_forward_norm.weight",
    "norm_layers_2.{i}.beta": "blocks.{i}.feed_forward_norm.bias",
}
"""Upstream name inside an encoder -> ours inside `Encoder`."""
TEXT_ENCODER_WEIGHTS: Mapping[str, str] = {
    "text_embedding": "phone_embedding",
    "proj": "statistics",
}
"""Upstream name inside `enc_p` -> ours inside `TextEncoder`; its parts have tables of their own."""


@dataclass(frozen=True)
class EncoderSizes:
    """Dimensions that the three encoders share."""

    channels: int
    feed_forward: int
    kernel_size: int
    num_heads: int
    window: int


@dataclass(frozen=True)
class TextEncoderSizes:
    """Dimensions of the text encoder."""

    encoder: EncoderSizes
    speech_layers: int
    phone_layers: int
    joint_layers: int
    num_tokens: int
    num_phones: int
    mrte_channels: int
    latent_channels: int


class TextEncoder(nn.Module):
    """Tokens and phones in, mean and logarithm of the deviation of the latent out."""

    token_table: Tensor
    """float32, (num_tokens, channels): made by `Synthesizer`, so no checkpoint holds it."""

    def __init__(self, sizes: TextEncoderSizes) -> None:
        super().__init__()
        channels = sizes.encoder.channels
        table = torch.zeros(sizes.num_tokens, channels)
        self.register_buffer("token_table", table, persistent=False)
        self.phone_embedding = nn.Embedding(sizes.num_phones, channels)
        self.speech_encoder = Encoder(sizes.encoder, sizes.speech_layers)
        self.phone_encoder = Encoder(sizes.encoder, sizes.phone_layers)
        self.mrte = Mrte(channels, sizes.mrte_channels)
        self.joint_encoder = Encoder(sizes.encoder, sizes.joint_layers)
        self.statistics = nn.Conv1d(channels, 2 * sizes.latent_channels, 1)

    def forward(
        self, tokens: Tensor, phones: Tensor, style: Tensor, num_frames: int
    ) -> tuple[Tensor, Tensor]:
        """Encode one sentence.

        Args:
            tokens: int64, (num_tokens,).
            phones: int64, (num_phones,).
            style: float32, (1, mrte_channels, 1).
            num_frames: Frames to stretch or squeeze the speech to.

        Returns:
            Mean and logarithm of the deviation, each float32, (1, latent_channels, num_frames).
        """
        rows = functional.embedding(tokens, self.token_table)
        frames = rows.repeat_interleave(FRAMES_PER_TOKEN, dim=0)
        speech = self.speech_encoder(frames.T.unsqueeze(0))
        text = self.phone_encoder(self.phone_embedding(phones).T.unsqueeze(0))
        joint = self.joint_encoder(self.mrte(speech, text, style))
        mean, log_deviation = self.statistics(resample(joint, num_frames)).chunk(2, dim=1)
        return mean, log_deviation


class Encoder(nn.Module):
    """Post-norm transformer layers over one sequence."""

    def __init__(self, sizes: EncoderSizes, num_layers: int) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*(EncoderBlock(sizes) for _ in range(num_layers)))

    def forward(self, hidden: Tensor) -> Tensor:
        """Map float32 (1, channels, length) to the same shape."""
        encoded: Tensor = self.blocks(hidden)
        return encoded


class EncoderBlock(nn.Module):
    """Relative attention, then a feed-forward net that also sees the neighbours."""

    def __init__(self, sizes: EncoderSizes) -> None:
        super().__init__()
        size, padding = sizes.kernel_size, sizes.kernel_size // 2
        self.attention = RelativeAttention(sizes.channels, sizes.num_heads, sizes.window)
        self.attention_norm = ChannelNorm(sizes.channels)
        self.expand = nn.Conv1d(sizes.channels, sizes.feed_forward, size, padding=padding)
        self.contract = nn.Conv1d(sizes.feed_forward, sizes.channels, size, padding=padding)
        self.feed_forward_norm = ChannelNorm(sizes.channels)

    def forward(self, hidden: Tensor) -> Tensor:
        """Map float32 (1, channels, length) to the same shape."""
        hidden = self.attention_norm(hidden + self.attention(hidden))
        expanded = functional.relu(self.expand(hidden))
        normed: Tensor = self.feed_forward_norm(hidden + self.contract(expanded))
        return normed


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of (batch, channels, length)."""

    def forward(self, hidden: Tensor) -> Tensor:
        """Normalize each frame."""
        return super().forward(hidden.transpose(1, 2)).transpose(1, 2)


def resample(hidden: Tensor, num_frames: int) -> Tensor:
    """Stretch or squeeze a sequence by linear interpolation; at its own length nothing changes.

    Written out because engines differ in how they round the positions inside Resize.

    Args:
        hidden: float32, (1, channels, length).
        num_frames: Length wanted. Frame centres are aligned, as PyTorch's `align_corners=False`.
    """
    length = hidden.shape[2]
    positions = (torch.arange(num_frames) + 0.5) * (length / num_frames) - 0.5
    positions = positions.clamp(min=0.0)
    left = positions.long()
    right = (left + 1).clamp(max=length - 1)
    share = positions - left
    before, after = hidden.index_select(2, left), hidden.index_select(2, right)
    return before * (1 - share) + after * share
