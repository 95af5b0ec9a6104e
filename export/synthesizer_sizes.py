"""The dimensions of a SoVITS net, read from its weights, and where those are silent its config."""

from __future__ import annotations

from dataclasses import dataclass

from voicepack.export.checkpoint import Checkpoint
from voicepack.export.config import SovitsConfig
from voicepack.export.flow import FlowSizes
from voicepack.export.text_encoder import EncoderSizes, TextEncoderSizes
from voicepack.export.vocoder import VocoderSizes

CODEBOOK = "quantizer.vq.layers.0._codebook.embed"


@dataclass(frozen=True)
class SynthesizerSizes:
    """Dimensions of everything in a SoVITS file but the style encoder."""

    text_encoder: TextEncoderSizes
    flow: FlowSizes
    vocoder: VocoderSizes
    feature_channels: int
    """Of HuBERT, and of the codebook."""
    speaker_channels: int
    """Of the speaker-verification embedding that v2Pro and v2ProPlus add; 0 in the others."""

    @staticmethod
    def read(checkpoint: Checkpoint) -> SynthesizerSizes:
        """Read a SoVITS checkpoint of the v1 and v2 family, weight norm folded.

        Raises:
            CheckpointError: A weight or number that tells a dimension is missing or contradicts.
        """
        has_speaker = "sv_emb.weight" in checkpoint.weights
        return SynthesizerSizes(
            text_encoder=_text_encoder(checkpoint),
            flow=_flow(checkpoint),
            vocoder=_vocoder(checkpoint, SovitsConfig.from_checkpoint(checkpoint)),
            feature_channels=checkpoint.size(CODEBOOK, 1),
            speaker_channels=checkpoint.size("sv_emb.weight", 1) if has_speaker else 0,
        )


def _text_encoder(checkpoint: Checkpoint) -> TextEncoderSizes:
    size = checkpoint.size
    first = "enc_p.encoder_text.{}_layers.0"
    channels = size("enc_p.text_embedding.weight", 1)
    distances = first.format("attn") + ".emb_rel_k"
    return TextEncoderSizes(
        encoder=EncoderSizes(
            channels=channels,
            feed_forward=size(first.format("ffn") + ".conv_1.weight", 0),
            kernel_size=size(first.format("ffn") + ".conv_1.weight", 2),
            num_heads=channels // size(distances, 2),
            window=size(distances, 1) // 2,
        ),
        speech_layers=_count(checkpoint, "enc_p.encoder_ssl.attn_layers"),
        phone_layers=_count(checkpoint, "enc_p.encoder_text.attn_layers"),
        joint_layers=_count(checkpoint, "enc_p.encoder2.attn_layers"),
        num_tokens=size(CODEBOOK, 0),
        num_phones=size("enc_p.text_embedding.weight", 0),
        mrte_channels=size("enc_p.mrte.c_pre.weight", 0),
        latent_channels=size("enc_p.proj.weight", 0) // 2,
    )


def _flow(checkpoint: Checkpoint) -> FlowSizes:
    size = checkpoint.size
    return FlowSizes(
        num_couplings=_count(checkpoint, "flow.flows"),
        num_layers=_count(checkpoint, "flow.flows.0.enc.in_layers"),
        kernel_size=size("flow.flows.0.enc.in_layers.0.weight", 2),
        channels=size("flow.flows.0.pre.weight", 0),
        latent_channels=2 * size("flow.flows.0.pre.weight", 1),
        embedding_channels=size("flow.flows.0.enc.cond_layer.weight", 1),
    )


def _vocoder(checkpoint: Checkpoint, config: SovitsConfig) -> VocoderSizes:
    size = checkpoint.size
    return VocoderSizes(
        latent_channels=size("dec.conv_pre.weight", 1),
        embedding_channels=size("dec.cond.weight", 1),
        channels=size("dec.conv_pre.weight", 0),
        input_kernel=size("dec.conv_pre.weight", 2),
        rates=config.upsample_rates,
        upsampler_kernels=tuple(
            size(f"dec.ups.{stage}.weight", 2) for stage in range(len(config.upsample_rates))
        ),
        block_kernels=tuple(
            size(f"dec.resblocks.{block}.convs1.0.weight", 2)
            for block in range(len(config.resblock_dilations))
        ),
        block_dilations=config.resblock_dilations,
        output_kernel=size("dec.conv_post.weight", 2),
    )


def _count(checkpoint: Checkpoint, modules: str) -> int:
    """Count the numbered modules below a name; the numbers may have gaps."""
    below = (name.removeprefix(f"{modules}.") for name in checkpoint.weights)
    return len({number for name in below if (number := name.split(".")[0]).isdigit()})
