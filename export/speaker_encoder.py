"""The speaker encoder of the Pro voices: ERes2NetV2, up to its last feature map.

Source: Chen et al., "ERes2NetV2: Boosting Short-Duration Speaker Verification Performance", 2024;
upstream `eres2net/ERes2NetV2.py`, forward3: the map itself is averaged over time, where speaker
verification would pool mean and deviation and project them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn
from torch.nn import functional

from voicepack.export.checkpoint import read_checkpoint
from voicepack.export.speaker_blocks import Addition, AttentiveFusion, Res2Block
from voicepack.export.weights import WeightTable, load_module

_BLOCK_WEIGHTS = {
    "conv1": "split",
    "bn1": "split_norm",
    "convs.{i}": "convolutions.{i}",
    "bns.{i}": "norms.{i}",
    "fuse_models.{i}.local_att": "fusions.{i}.attention",
    "conv3": "join",
    "bn3": "join_norm",
    "shortcut.{i}": "shortcut.{i}",
}
SPEAKER_ENCODER_WEIGHTS = WeightTable(
    names={
        "conv1": "stem",
        "bn1": "stem_norm",
        **{
            f"layer{stage + 1}.{{k}}.{theirs}": f"stages.{stage}.{{k}}.{ours}"
            for stage in range(4)
            for theirs, ours in _BLOCK_WEIGHTS.items()
        },
        "layer3_ds": "downsample",
        "fuse34.local_att": "fusion.attention",
    },
    dropped=("seg_1",),  # verification's projection, which forward3 leaves out
)
"""Upstream name -> ours."""


@dataclass(frozen=True)
class SpeakerEncoderSizes:
    """Dimensions of an ERes2NetV2. Those of upstream's checkpoint are in its name, w24s4ep4."""

    channels: int = 64
    """Of the stem; each of the four stages has twice as many as the one before."""
    base_width: int = 24
    """Channels of a branch, for every 64 of a stage."""
    num_branches: int = 4
    """Branches of a block; the paper's scale."""
    expansion: int = 4
    """Channels that come out of a block, for each of its stage."""
    num_blocks: tuple[int, int, int, int] = (3, 4, 6, 3)
    """Of each stage."""

    def num_outputs(self, stage: int) -> int:
        """Count the channels that come out of a stage, the first of which is 0."""
        return self.channels * self.expansion << stage


class SpeakerEncoder(nn.Module):
    """From filter bank to speaker, as one vector a clip."""

    def __init__(self, sizes: SpeakerEncoderSizes) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, sizes.channels, 3, padding=1, bias=False)
        self.stem_norm = nn.BatchNorm2d(sizes.channels)
        self.stages = nn.ModuleList(_stage(sizes, stage) for stage in range(4))
        self.downsample = nn.Conv2d(
            sizes.num_outputs(2), sizes.num_outputs(3), 3, stride=2, padding=1, bias=False
        )
        self.fusion = AttentiveFusion(sizes.num_outputs(3))

    def forward(self, filter_bank: Tensor) -> Tensor:
        """Encode clips.

        Args:
            filter_bank: float32, (batch, frames, bands).

        Returns:
            float32, (batch, channels * bands / 8): 20480 for upstream's sizes and 80 bands.
        """
        hidden = functional.relu(self.stem_norm(self.stem(filter_bank.mT.unsqueeze(1))))
        hidden = self.stages[1](self.stages[0](hidden))
        third = self.stages[2](hidden)
        fused: Tensor = self.fusion(self.stages[3](third), self.downsample(third))
        return fused.flatten(1, 2).mean(dim=2)


def _stage(sizes: SpeakerEncoderSizes, stage: int) -> nn.Sequential:
    num_outputs = sizes.num_outputs(stage)
    num_inputs = sizes.channels if stage == 0 else sizes.num_outputs(stage - 1)
    stride = 1 if stage == 0 else 2
    first = _block(sizes, stage, num_inputs, stride)
    others = (_block(sizes, stage, num_outputs, 1) for _ in range(sizes.num_blocks[stage] - 1))
    return nn.Sequential(first, *others)


def _block(sizes: SpeakerEncoderSizes, stage: int, num_inputs: int, stride: int) -> Res2Block:
    width = (sizes.channels * sizes.base_width << stage) // 64
    fusions = nn.ModuleList(
        Addition() if stage < 2 else AttentiveFusion(width) for _ in range(sizes.num_branches - 1)
    )
    return Res2Block(num_inputs, width, sizes.num_outputs(stage), stride, fusions)


def load_speaker_encoder(path: Path) -> SpeakerEncoder:
    """Load the checkpoint that upstream keeps as `pretrained_eres2netv2w24s4ep4.ckpt`.

    Raises:
        CheckpointError: The file is missing, damaged, unsafe, or holds another net.
    """
    checkpoint = read_checkpoint(path)
    encoder = SpeakerEncoder(SpeakerEncoderSizes())
    return load_module(encoder, checkpoint.weights, SPEAKER_ENCODER_WEIGHTS, str(path))
