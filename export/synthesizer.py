"""Everything in a SoVITS file of the v1 and v2 family: semantic tokens in, sound out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from voicepack.export.checkpoint import Checkpoint
from voicepack.export.flow import FLOW_WEIGHTS
from voicepack.export.latent import LatentModel, StyleProjection
from voicepack.export.mrte import MRTE_WEIGHTS
from voicepack.export.style_encoder import STYLE_ENCODER_WEIGHTS, StyleEncoder
from voicepack.export.synthesizer_sizes import CODEBOOK, SynthesizerSizes
from voicepack.export.text_encoder import ENCODER_WEIGHTS, TEXT_ENCODER_WEIGHTS
from voicepack.export.vocoder import VOCODER_WEIGHTS, Vocoder, add_height
from voicepack.export.weights import WeightTable, fold_weight_norm, load_module
from voicepack.runtime.contract import FRAMES_PER_TOKEN


def _below(upstream: str, ours: str, names: Mapping[str, str]) -> dict[str, str]:
    """Move the table of a part to where the part is in the whole."""
    return {f"{upstream}{theirs}": f"{ours}.{name}" for theirs, name in names.items()}


SYNTHESIZER_WEIGHTS = WeightTable(
    names={
        **_below("enc_p.", "latent.text_encoder", TEXT_ENCODER_WEIGHTS),
        **_below("enc_p.encoder_ssl.", "latent.text_encoder.speech_encoder", ENCODER_WEIGHTS),
        **_below("enc_p.encoder_text.", "latent.text_encoder.phone_encoder", ENCODER_WEIGHTS),
        **_below("enc_p.mrte.", "latent.text_encoder.mrte", MRTE_WEIGHTS),
        **_below("enc_p.encoder2.", "latent.text_encoder.joint_encoder", ENCODER_WEIGHTS),
        **_below("flow.", "latent.flow", FLOW_WEIGHTS),
        **_below("dec.", "vocoder", VOCODER_WEIGHTS),
        **_below("", "style_encoder", STYLE_ENCODER_WEIGHTS),
        "ge_to512": "latent.style_projection",
        "sv_emb": "speaker_projection",
        "prelu": "speaker_activation",
        "ssl_proj": "ssl_projection",
        "enc_p.ssl_proj": "codebook_projection",
        CODEBOOK: "codebook",
    },
    dropped=(
        "enc_q",  # the posterior encoder, which only training needs
        "quantizer.vq.layers.0._codebook.inited",  # how training keeps the codebook up to date
        "quantizer.vq.layers.0._codebook.cluster_size",
        "quantizer.vq.layers.0._codebook.embed_avg",
    ),
)


class Synthesizer(nn.Module):
    """The two nets that become graphs, and what makes prompts and embeddings at export."""

    def __init__(self, sizes: SynthesizerSizes, style_encoder: StyleEncoder) -> None:
        super().__init__()
        features, embedding = sizes.feature_channels, sizes.flow.embedding_channels
        self.sizes = sizes
        self.latent = LatentModel(sizes.text_encoder, sizes.flow, _style_projection(sizes))
        self.vocoder = Vocoder(sizes.vocoder)
        self.style_encoder = style_encoder
        self.ssl_projection = nn.Conv1d(features, features, FRAMES_PER_TOKEN, FRAMES_PER_TOKEN)
        self.codebook = nn.Parameter(torch.zeros(sizes.text_encoder.num_tokens, features))
        self.codebook_projection = nn.Conv1d(features, sizes.text_encoder.encoder.channels, 1)
        if sizes.speaker_channels:
            self.speaker_projection = nn.Linear(sizes.speaker_channels, embedding)
            self.speaker_activation = nn.PReLU(embedding)

    def tabulate_tokens(self) -> None:
        """Project the whole codebook once, so that a token is one row of a table to the device.

        Upstream projects the rows it looked up, every time. The table is a quarter of the size of
        the codebook.
        """
        projection = self.codebook_projection
        rows = functional.linear(self.codebook, projection.weight.squeeze(2), projection.bias)
        self.latent.text_encoder.token_table = rows


def _style_projection(sizes: SynthesizerSizes) -> nn.Module:
    if not sizes.speaker_channels:
        return nn.Identity()
    return StyleProjection(sizes.flow.embedding_channels, sizes.text_encoder.mrte_channels)


def build_synthesizer(checkpoint: Checkpoint) -> Synthesizer:
    """Build the net of a SoVITS checkpoint, with its weights, in float32 and for inference.

    Raises:
        CheckpointError: Weights or config are missing, left over, or of the wrong shape.
    """
    folded = replace(checkpoint, weights=fold_weight_norm(checkpoint.weights))
    synthesizer = Synthesizer(SynthesizerSizes.read(folded), StyleEncoder.sized_for(folded))
    weights: dict[str, Tensor] = add_height(folded.weights)
    load_module(synthesizer, weights, SYNTHESIZER_WEIGHTS, str(checkpoint.path))
    synthesizer.requires_grad_(False).tabulate_tokens()
    return synthesizer.eval()
