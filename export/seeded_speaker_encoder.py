"""A speaker encoder with random weights, in upstream's file format and only size."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import nn

from voicepack.export.speaker_encoder import (
    SPEAKER_ENCODER_WEIGHTS,
    SpeakerEncoder,
    SpeakerEncoderSizes,
)
from voicepack.export.weights import invert_table

_PROJECTION = {"seg_1.weight": (192, 40960), "seg_1.bias": (192,)}
"""What verification needs and voices do not."""
_GAIN = 0.8
"""Of every convolution. The embedding is about as large as 1; at 1.2, with no norm to hold them,
features reach their limit of 20, and rounding errors grow a thousandfold."""


def write_speaker_encoder(path: Path, seed: int) -> None:
    """Write a checkpoint like upstream's `pretrained_eres2netv2w24s4ep4.ckpt`: a bare state dict.

    The norms have learnt nothing, so they are the identity.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = SpeakerEncoder(SpeakerEncoderSizes())
        for module in encoder.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.normal_(module.weight, std=_GAIN / math.sqrt(module.weight[0].numel()))
    weights = invert_table(encoder.state_dict(), SPEAKER_ENCODER_WEIGHTS)
    projection = {name: torch.zeros(shape) for name, shape in _PROJECTION.items()}
    torch.save(weights | projection, path)
