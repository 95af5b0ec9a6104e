"""The baseline: the vocoder as peers export it, with one-dimensional convolutions."""

from __future__ import annotations

import copy

from torch import Tensor, nn
from torch.nn import functional

from voicepack.export.vocoder import LAST_SLOPE, SLOPE, Vocoder


class PlainVocoder(nn.Module):
    """The same weights and mathematics as `Vocoder`, without the height of 1."""

    def __init__(self, vocoder: Vocoder) -> None:
        super().__init__()
        self.net = copy.deepcopy(vocoder)
        for module in list(self.net.modules()):
            for name, child in module.named_children():
                if isinstance(child, (nn.Conv2d, nn.ConvTranspose2d)):
                    setattr(module, name, _without_height(child))

    def forward(self, latent: Tensor, embedding: Tensor) -> Tensor:
        """Map latent (1, channels, frames) and embedding (1, channels, 1) to (1, 1, samples)."""
        net = self.net
        hidden = net.input(latent) + net.condition(embedding)
        for stage, upsample in enumerate(net.upsamplers):
            hidden = upsample(functional.leaky_relu(hidden, SLOPE))
            first = stage * net.blocks_per_stage
            blocks = net.blocks[first : first + net.blocks_per_stage]
            hidden = sum(block(hidden) for block in blocks) / net.blocks_per_stage
        audio: Tensor = net.output(functional.leaky_relu(hidden, LAST_SLOPE)).tanh()
        return audio


def _without_height(module: nn.Conv2d | nn.ConvTranspose2d) -> nn.Module:
    kind = nn.ConvTranspose1d if isinstance(module, nn.ConvTranspose2d) else nn.Conv1d
    flat = kind(
        module.in_channels,
        module.out_channels,
        module.kernel_size[1],
        stride=module.stride[1],
        padding=int(module.padding[1]),
        dilation=module.dilation[1],
        bias=module.bias is not None,
    )
    state = {
        name: tensor.squeeze(2) if tensor.ndim == 4 else tensor
        for name, tensor in module.state_dict().items()
    }
    flat.load_state_dict(state)
    return flat
