"""A synthesizer of one layer each, with an embedding wider than the style, as in v2Pro."""

from __future__ import annotations

from voicepack.export.flow import FlowSizes
from voicepack.export.style_encoder import StyleEncoder
from voicepack.export.synthesizer import Synthesizer
from voicepack.export.synthesizer_sizes import SynthesizerSizes
from voicepack.export.text_encoder import EncoderSizes, TextEncoderSizes
from voicepack.export.vocoder import VocoderSizes

LATENT, EMBEDDING = 6, 20
"""Channels."""


def small_synthesizer(vocoder: VocoderSizes) -> Synthesizer:
    """Make one around a vocoder that takes `LATENT` and `EMBEDDING` channels."""
    encoder = EncoderSizes(channels=8, feed_forward=16, kernel_size=3, num_heads=2, window=4)
    sizes = SynthesizerSizes(
        text_encoder=TextEncoderSizes(encoder, 1, 1, 1, 50, 30, 12, LATENT),
        flow=FlowSizes(2, 2, 5, 8, LATENT, EMBEDDING),
        vocoder=vocoder,
        feature_channels=10,
        speaker_channels=7,
    )
    net = Synthesizer(sizes, StyleEncoder(9, 8, EMBEDDING, 5))
    return net.eval().requires_grad_(False)
