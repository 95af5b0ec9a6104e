"""The latent graph: what the voice is to say, as frames that the vocoder turns into sound."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from voicepack.export.flow import Flow, FlowSizes
from voicepack.export.text_encoder import TextEncoder, TextEncoderSizes
from voicepack.quantize.graphs.graph import GraphSpec
from voicepack.runtime.contract import GraphRole, LatentTensor
from voicepack.runtime.manifest import TensorSpec


class LatentModel(nn.Module):
    """Text encoder, noise, and the flow backwards.

    Pro voices bring the voice embedding to the text encoder's width by a linear layer, the others
    take it as it is; the flow always does.
    """

    def __init__(
        self, text_encoder: TextEncoderSizes, flow: FlowSizes, style_projection: nn.Module
    ) -> None:
        super().__init__()
        self.text_encoder = TextEncoder(text_encoder)
        self.flow = Flow(flow)
        self.style_projection = style_projection

    def forward(self, tokens: Tensor, phones: Tensor, embedding: Tensor, noise: Tensor) -> Tensor:
        """Compute the latent of one sentence.

        Args:
            tokens: int64, (num_tokens,).
            phones: int64, (num_phones,).
            embedding: float32, (1, embedding_channels, 1).
            noise: float32, (1, latent_channels, frames), already times the noise scale. Speech is
                stretched or squeezed to its length.

        Returns:
            float32, (1, latent_channels, frames).
        """
        style = self.style_projection(embedding)
        mean, log_deviation = self.text_encoder(tokens, phones, style, noise.shape[2])
        latent: Tensor = self.flow(mean + noise * torch.exp(log_deviation), embedding)
        return latent


class StyleProjection(nn.Linear):
    """A linear layer over the channels of one embedding.

    Written so that the exporter has nothing to transpose and keeps the weight under its own name.
    """

    def forward(self, embedding: Tensor) -> Tensor:
        """Map float32 (1, wide, 1) to (1, narrow, 1)."""
        return (self.weight @ embedding.flatten() + self.bias).view(1, -1, 1)


def latent_spec(latent_channels: int, embedding_channels: int) -> GraphSpec:
    """Say what the latent graph takes and returns."""
    frames = (1, latent_channels, "frames")
    return GraphSpec(
        role=GraphRole.LATENT,
        inputs=(
            TensorSpec(LatentTensor.TOKENS, "int64", ("num_tokens",)),
            TensorSpec(LatentTensor.PHONES, "int64", ("num_phones",)),
            TensorSpec(LatentTensor.EMBEDDING, "float32", (1, embedding_channels, 1)),
            TensorSpec(LatentTensor.NOISE, "float32", frames),
        ),
        outputs=(TensorSpec(LatentTensor.LATENT, "float32", frames),),
    )
