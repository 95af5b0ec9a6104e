"""The flow, backwards: from latents as the text encoder draws them to latents the vocoder reads.

Source: Rezende and Mohamed, "Variational Inference with Normalizing Flows", 2015; upstream
`module/models.py`, ResidualCouplingBlock, and `module/modules.py`, WN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, cat, nn

FLOW_WEIGHTS: Mapping[str, str] = {
    "flows.{i}.pre": "steps.{i}.input",
    "flows.{i}.enc.cond_layer": "steps.{i}.condition",
    "flows.{i}.enc.in_layers.{j}": "steps.{i}.gates.{j}",
    "flows.{i}.enc.res_skip_layers.{j}": "steps.{i}.mixers.{j}",
    "flows.{i}.post": "steps.{i}.output",
}
"""Upstream name inside `flow` -> ours inside `Flow`."""


@dataclass(frozen=True)
class FlowSizes:
    """Dimensions of the flow."""

    num_couplings: int
    num_layers: int
    """Gated convolutions of one coupling."""
    kernel_size: int
    channels: int
    """Width inside a coupling."""
    latent_channels: int
    embedding_channels: int


class Flow(nn.Module):
    """Couplings and flips. They are listed as in training and undone from last to first."""

    def __init__(self, sizes: FlowSizes) -> None:
        super().__init__()
        self.steps = nn.ModuleList(
            step for _ in range(sizes.num_couplings) for step in (Coupling(sizes), Flip())
        )

    def forward(self, latent: Tensor, embedding: Tensor) -> Tensor:
        """Undo the flow.

        Args:
            latent: float32, (1, latent_channels, frames).
            embedding: float32, (1, embedding_channels, 1).
        """
        for step in reversed(self.steps):
            latent = step(latent, embedding)
        return latent


class Flip(nn.Module):
    """Turns the order of the channels round, so that the next coupling changes the other half."""

    def forward(self, latent: Tensor, _embedding: Tensor) -> Tensor:
        """Its own inverse."""
        return latent.flip(1)


class Coupling(nn.Module):
    """Undoes a shift of the second half of the channels that the first half decides.

    The shift comes from a WaveNet without dilation: gated convolutions, each of which adds to the
    next one's input and to the result.
    """

    def __init__(self, sizes: FlowSizes) -> None:
        super().__init__()
        width, size, count = sizes.channels, sizes.kernel_size, sizes.num_layers
        self.input = nn.Conv1d(sizes.latent_channels // 2, width, 1)
        self.condition = nn.Conv1d(sizes.embedding_channels, 2 * width * count, 1)
        self.gates = nn.ModuleList(
            nn.Conv1d(width, 2 * width, size, padding=size // 2) for _ in range(count)
        )
        # The last layer has no next one to feed.
        self.mixers = nn.ModuleList(
            [nn.Conv1d(width, 2 * width, 1) for _ in range(count - 1)]
            + [nn.Conv1d(width, width, 1)]
        )
        self.output = nn.Conv1d(width, sizes.latent_channels // 2, 1)

    def forward(self, latent: Tensor, embedding: Tensor) -> Tensor:
        """Map float32 (1, latent_channels, frames) to the same shape."""
        kept, shifted = latent.chunk(2, dim=1)
        shift = self.output(self._wavenet(self.input(kept), self.condition(embedding)))
        return cat((kept, shifted - shift), dim=1)

    def _wavenet(self, hidden: Tensor, condition: Tensor) -> Tensor:
        conditions = condition.chunk(len(self.gates), dim=1)
        skipped: list[Tensor] = []
        for gate, mixer, bias in zip(self.gates, self.mixers, conditions, strict=True):
            signal, opening = (gate(hidden) + bias).chunk(2, dim=1)
            mixed = mixer(signal.tanh() * opening.sigmoid())
            *onward, skip = mixed.split(hidden.shape[1], dim=1)
            hidden = sum(onward, start=hidden)
            skipped.append(skip)
        return sum(skipped[1:], start=skipped[0])
