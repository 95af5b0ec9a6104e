"""The vocoder: latent frames in, samples out.

Source: Kong, Kim and Bae, "HiFi-GAN", 2020; upstream `module/models.py`, Generator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from voicepack.quantize.graphs.graph import GraphSpec
from voicepack.runtime.contract import GraphRole, VocoderTensor
from voicepack.runtime.manifest import TensorSpec

SLOPE = 0.1
LAST_SLOPE = 0.01
"""Upstream forgets the slope before the last convolution and so gets PyTorch's default."""

VOCODER_WEIGHTS: Mapping[str, str] = {
    "conv_pre": "input",
    "cond": "condition",
    "ups.{i}": "upsamplers.{i}",
    "resblocks.{i}.convs1.{j}": "blocks.{i}.dilated.{j}",
    "resblocks.{i}.convs2.{j}": "blocks.{i}.plain.{j}",
    "conv_post": "output",
}
"""Upstream name inside `dec` -> ours inside `Vocoder`."""


@dataclass(frozen=True)
class VocoderSizes:
    """Dimensions of the vocoder."""

    latent_channels: int
    embedding_channels: int
    channels: int
    """Before the first upsampler; each upsampler halves them."""
    input_kernel: int
    rates: tuple[int, ...]
    """How many times longer each upsampler makes the signal."""
    upsampler_kernels: tuple[int, ...]
    block_kernels: tuple[int, ...]
    """One residual block for each follows each upsampler."""
    block_dilations: tuple[tuple[int, ...], ...]
    output_kernel: int


def context_frames(sizes: VocoderSizes) -> int:
    """Count the latent frames before and after a frame that its audio depends on.

    Walks back from a sample to the latent: each layer widens what the sample depends on by its
    reach, and each upsampler divides the distance by its rate.
    """
    reach = (sizes.output_kernel - 1) // 2
    blocks = max(
        sum((kernel - 1) // 2 * (dilation + 1) for dilation in dilations)
        for kernel, dilations in zip(sizes.block_kernels, sizes.block_dilations, strict=True)
    )
    for rate, kernel in zip(reversed(sizes.rates), reversed(sizes.upsampler_kernels), strict=True):
        padding = (kernel - rate) // 2
        reach = -(-(reach + blocks + max(padding, kernel - 1 - padding)) // rate)
    return reach + (sizes.input_kernel - 1) // 2


def add_height(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give the vocoder's convolutions a height of 1; other weights pass unchanged.

    Args:
        weights: Upstream's names, weight norm folded: convolutions are (out, in, width).
    """
    return {
        name: weight.unsqueeze(2) if name.startswith("dec.") and weight.ndim == 3 else weight
        for name, weight in weights.items()
    }


class Vocoder(nn.Module):
    """HiFi-GAN over images of height 1: ONNX Runtime has its blocked kernels for Conv2d only.

    Source of the layout: `onnxruntime/core/optimizer/nchwc_transformer.cc`.
    """

    def __init__(self, sizes: VocoderSizes) -> None:
        super().__init__()
        widths = [sizes.channels >> stage for stage in range(len(sizes.rates) + 1)]
        self.input = convolution(sizes.latent_channels, widths[0], sizes.input_kernel)
        self.condition = convolution(sizes.embedding_channels, widths[0], 1)
        self.upsamplers = nn.ModuleList(
            upsampler(wide, narrow, kernel, rate)
            for (wide, narrow), kernel, rate in zip(
                pairwise(widths), sizes.upsampler_kernels, sizes.rates, strict=True
            )
        )
        self.blocks = nn.ModuleList(
            ResidualBlock(width, kernel, dilations)
            for width in widths[1:]
            for kernel, dilations in zip(sizes.block_kernels, sizes.block_dilations, strict=True)
        )
        self.blocks_per_stage = len(sizes.block_kernels)
        kernel, padding = sizes.output_kernel, (0, sizes.output_kernel // 2)
        self.output = nn.Conv2d(widths[-1], 1, (1, kernel), padding=padding, bias=False)

    def forward(self, latent: Tensor, embedding: Tensor) -> Tensor:
        """Turn latent frames into sound.

        Args:
            latent: float32, (1, latent_channels, frames).
            embedding: float32, (1, embedding_channels, 1).

        Returns:
            float32, (1, 1, frames * hop): samples in [-1, 1].
        """
        hidden = self.input(latent.unsqueeze(2)) + self.condition(embedding.unsqueeze(2))
        for stage, upsample in enumerate(self.upsamplers):
            hidden = upsample(functional.leaky_relu(hidden, SLOPE))
            first = stage * self.blocks_per_stage
            blocks = self.blocks[first : first + self.blocks_per_stage]
            hidden = sum(block(hidden) for block in blocks) / self.blocks_per_stage
        audio: Tensor = self.output(functional.leaky_relu(hidden, LAST_SLOPE)).tanh()
        return audio.squeeze(2)


class ResidualBlock(nn.Module):
    """Pairs of a dilated and a plain convolution, each pair around a shortcut."""

    def __init__(self, width: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.dilated = nn.ModuleList(
            convolution(width, width, kernel, dilation=dilation) for dilation in dilations
        )
        self.plain = nn.ModuleList(convolution(width, width, kernel) for _ in dilations)

    def forward(self, hidden: Tensor) -> Tensor:
        """Map float32 (1, width, 1, samples) to the same shape."""
        for dilated, plain in zip(self.dilated, self.plain, strict=True):
            inner = dilated(functional.leaky_relu(hidden, SLOPE))
            hidden = hidden + plain(functional.leaky_relu(inner, SLOPE))
        return hidden


def convolution(wide_in: int, wide_out: int, kernel: int, dilation: int = 1) -> nn.Conv2d:
    """Make a convolution along the last axis that keeps its length."""
    padding = (0, dilation * (kernel - 1) // 2)
    return nn.Conv2d(wide_in, wide_out, (1, kernel), padding=padding, dilation=(1, dilation))


def upsampler(wide_in: int, wide_out: int, kernel: int, rate: int) -> nn.ConvTranspose2d:
    """Make a transposed convolution that lengthens the last axis `rate` times."""
    padding = (0, (kernel - rate) // 2)
    return nn.ConvTranspose2d(wide_in, wide_out, (1, kernel), (1, rate), padding)


def vocoder_spec(latent_channels: int, embedding_channels: int) -> GraphSpec:
    """Say what the vocoder graph takes and returns."""
    return GraphSpec(
        role=GraphRole.VOCODER,
        inputs=(
            TensorSpec(VocoderTensor.LATENT, "float32", (1, latent_channels, "frames")),
            TensorSpec(VocoderTensor.EMBEDDING, "float32", (1, embedding_channels, 1)),
        ),
        outputs=(TensorSpec(VocoderTensor.AUDIO, "float32", (1, 1, "samples")),),
    )
