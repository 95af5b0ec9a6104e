"""The sizes of the demo voice: upstream's structure, each part as small as clear speech allows."""

from __future__ import annotations

import re

import torch
from acoustic_frames import CHANNELS
from semantic_codes import NUM_CODES, NUM_FACTORS, code_factors

from voicepack.export.flow import FlowSizes
from voicepack.export.style_encoder import StyleEncoder
from voicepack.export.synthesizer import Synthesizer
from voicepack.export.synthesizer_sizes import SynthesizerSizes
from voicepack.export.text_encoder import EncoderSizes, TextEncoderSizes
from voicepack.export.vocoder import VocoderSizes

EMBEDDING = 128
"""Width of the voice embedding."""
FEATURES = 256
"""Of HuBERT and the codebook."""
STYLE_BINS = 704
SIZES = SynthesizerSizes(
    text_encoder=TextEncoderSizes(
        encoder=EncoderSizes(channels=128, feed_forward=256, kernel_size=3, num_heads=2, window=4),
        speech_layers=2,
        phone_layers=4,
        joint_layers=2,
        num_tokens=NUM_CODES,
        num_phones=732,
        mrte_channels=EMBEDDING,
        latent_channels=CHANNELS,
    ),
    flow=FlowSizes(
        num_couplings=4,
        num_layers=4,
        kernel_size=5,
        channels=64,
        latent_channels=CHANNELS,
        embedding_channels=EMBEDDING,
    ),
    vocoder=VocoderSizes(
        latent_channels=CHANNELS,
        embedding_channels=EMBEDDING,
        channels=256,
        input_kernel=7,
        rates=(5, 4, 2, 2, 8),
        upsampler_kernels=(11, 8, 4, 4, 16),
        block_kernels=(3, 5, 7),
        block_dilations=((1, 3), (1, 3), (1, 3)),
        output_kernel=7,
    ),
    feature_channels=FEATURES,
    speaker_channels=0,
)
QUIET_AT_FIRST = re.compile(
    r"latent\.flow\..*\.output\.weight|vocoder\.blocks\..*\.plain\..*weight"
)
"""What adds to a residual stream."""
STEADY = -4.0
"""Logarithm of the latent's deviation at first: almost no noise."""


def new_synthesizer(seed: int) -> Synthesizer:
    """Make the net with random weights, but the codebook as the codes mean it."""
    torch.manual_seed(seed)
    style_encoder = StyleEncoder(STYLE_BINS, 64, EMBEDDING, 5)
    net = Synthesizer(SIZES, style_encoder)
    with torch.no_grad():
        net.codebook[:, :NUM_FACTORS] = torch.from_numpy(code_factors())
        statistics = dict(net.latent.text_encoder.statistics.named_parameters())
        statistics["bias"][CHANNELS:] = STEADY
        statistics["weight"][CHANNELS:] *= 0.1
        for name, parameter in net.named_parameters():
            if QUIET_AT_FIRST.fullmatch(name):
                parameter.mul_(0.1)
    net.codebook.requires_grad_(False)
    style_encoder.requires_grad_(False)
    return net
