from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from voicepack.export.errors import CheckpointError
from voicepack.export.speaker_blocks import AttentiveFusion
from voicepack.export.speaker_encoder import (
    SPEAKER_ENCODER_WEIGHTS,
    SpeakerEncoder,
    SpeakerEncoderSizes,
    load_speaker_encoder,
)
from voicepack.export.weights import apply_table, invert_table, load_module

pytestmark = pytest.mark.torch

SMALL = SpeakerEncoderSizes(channels=16, base_width=16, num_branches=3, num_blocks=(2, 1, 2, 1))


def seeded(sizes: SpeakerEncoderSizes) -> SpeakerEncoder:
    """An encoder whose norms do something, as trained ones do."""
    torch.manual_seed(0)
    encoder = SpeakerEncoder(sizes).eval()
    for name, value in encoder.state_dict().items():
        if name.endswith("running_var"):
            value.uniform_(0.5, 2)
        if name.endswith("running_mean"):
            value.normal_(0, 0.1)
    return encoder


class Upstream:
    """forward3 once more, straight from names and values of upstream's checkpoint."""

    def __init__(self, weights: dict[str, Tensor], num_blocks: tuple[int, ...]) -> None:
        self.weights = {name: value.double() for name, value in weights.items()}
        self.num_blocks = num_blocks

    def convolve(self, name: str, x: Tensor, stride: int = 1) -> Tensor:
        weight = self.weights[f"{name}.weight"]
        bias = self.weights.get(f"{name}.bias")
        return functional.conv2d(x, weight, bias, stride, padding=weight.shape[2] // 2)

    def normalize(self, name: str, x: Tensor) -> Tensor:
        mean, variance, gain, shift = (
            self.weights[f"{name}.{part}"].reshape(1, -1, 1, 1)
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        return (x - mean) / torch.sqrt(variance + 1e-5) * gain + shift

    def fuse(self, name: str, x: Tensor, y: Tensor) -> Tensor:
        hidden = self.convolve(f"{name}.0", torch.cat([x, y], dim=1))
        hidden = self.normalize(f"{name}.1", hidden)
        hidden = self.convolve(f"{name}.3", hidden * torch.sigmoid(hidden))
        gate = 1 + torch.tanh(self.normalize(f"{name}.4", hidden))
        return x * gate + y * (2 - gate)

    def block(self, name: str, x: Tensor, stride: int) -> Tensor:
        def relu20(value: Tensor) -> Tensor:
            return functional.hardtanh(value, 0.0, 20.0)

        hidden = relu20(self.normalize(f"{name}.bn1", self.convolve(f"{name}.conv1", x, stride)))
        previous: Tensor | None = None
        outputs = []
        for i, part in enumerate(hidden.chunk(3, dim=1)):
            if previous is not None and f"{name}.fuse_models.0.local_att.0.weight" in self.weights:
                part = self.fuse(f"{name}.fuse_models.{i - 1}.local_att", previous, part)
            elif previous is not None:
                part = previous + part
            convolved = self.convolve(f"{name}.convs.{i}", part)
            previous = relu20(self.normalize(f"{name}.bns.{i}", convolved))
            outputs.append(previous)
        joined = self.convolve(f"{name}.conv3", torch.cat(outputs, dim=1))
        if f"{name}.shortcut.0.weight" in self.weights:
            x = self.normalize(f"{name}.shortcut.1", self.convolve(f"{name}.shortcut.0", x, stride))
        return relu20(self.normalize(f"{name}.bn3", joined) + x)

    def forward3(self, filter_bank: Tensor) -> Tensor:
        x = filter_bank.double().permute(0, 2, 1).unsqueeze(1)
        x = torch.relu(self.normalize("bn1", self.convolve("conv1", x)))
        maps = []
        for stage, num_blocks in enumerate(self.num_blocks, start=1):
            for number in range(num_blocks):
                stride = 2 if stage > 1 and number == 0 else 1
                x = self.block(f"layer{stage}.{number}", x, stride)
            maps.append(x)
        fused = self.fuse("fuse34.local_att", maps[3], self.convolve("layer3_ds", maps[2], 2))
        return fused.reshape(len(fused), -1, fused.shape[3]).mean(dim=2)


@pytest.mark.parametrize("num_frames", [1, 2, 31])
def test_the_embedding_follows_from_upstreams_checkpoint(num_frames: int) -> None:
    encoder = seeded(SMALL)
    weights = invert_table(encoder.state_dict(), SPEAKER_ENCODER_WEIGHTS)
    filter_bank = torch.randn(2, num_frames, 80) * 3 - 5
    with torch.inference_mode():
        embedding = encoder(filter_bank)
        expected = Upstream(weights, SMALL.num_blocks).forward3(filter_bank)
    # Eight times 16 channels, four times expanded, over an eighth of the bands.
    assert embedding.shape == (2, 8 * 16 * 4 * 10)
    torch.testing.assert_close(embedding.double(), expected, rtol=1e-4, atol=1e-5)


def test_upstreams_sizes_give_20480_channels() -> None:
    encoder = seeded(SpeakerEncoderSizes())
    with torch.inference_mode():
        assert encoder(torch.zeros(1, 9, 80)).shape == (1, 20480)


def test_fusion_without_preference_adds_its_inputs() -> None:
    fusion = AttentiveFusion(8).eval()
    for parameter in fusion.parameters():
        torch.nn.init.zeros_(parameter)
    first, second = torch.randn(2, 1, 8, 3, 4)
    with torch.inference_mode():
        torch.testing.assert_close(fusion(first, second), first + second)


def test_a_checkpoint_in_upstreams_names_loads_without_its_projection(tmp_path: Path) -> None:
    encoder = seeded(SpeakerEncoderSizes())
    weights = invert_table(encoder.state_dict(), SPEAKER_ENCODER_WEIGHTS)
    projection = {"seg_1.weight": torch.zeros(192, 40960), "seg_1.bias": torch.zeros(192)}
    torch.save(weights | projection, tmp_path / "pretrained_eres2netv2w24s4ep4.ckpt")
    loaded = load_speaker_encoder(tmp_path / "pretrained_eres2netv2w24s4ep4.ckpt")
    filter_bank = torch.randn(1, 20, 80)
    with torch.inference_mode():
        torch.testing.assert_close(loaded(filter_bank), encoder(filter_bank))


def test_a_net_of_another_size_is_refused() -> None:
    weights = invert_table(seeded(SMALL).state_dict(), SPEAKER_ENCODER_WEIGHTS)
    with pytest.raises(CheckpointError, match=r"other\.ckpt.*\n(.*\n)*.*of the wrong shape"):
        load_module(
            SpeakerEncoder(SpeakerEncoderSizes()), weights, SPEAKER_ENCODER_WEIGHTS, "other.ckpt"
        )


def test_the_table_knows_nothing_but_the_net() -> None:
    with pytest.raises(CheckpointError, match="head"):
        apply_table({"head.weight": torch.zeros(1)}, SPEAKER_ENCODER_WEIGHTS, "other.ckpt")
