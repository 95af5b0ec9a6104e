"""Names and shapes of the weights in a checkpoint pair of any size, as upstream stores them.

Written down from upstream's listing and not from our modules, so that the two check each other.
Weight norm is still folded here: `dec.ups.0.weight` stands for its `weight_g` and `weight_v`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from voicepack.export.safe_load import ZIP_HEADER

Shapes = dict[str, tuple[int, ...]]

VOCABULARY = 1025
"""1024 semantic tokens and the one that ends speech."""
FEATURES = 1024
"""Width of the BERT features."""
HIDDEN = 192
MRTE_WIDTH = 512
"""Width of the cross attention, which the voice embedding is added to."""
CONTENT_WIDTH = 768
"""Width of HuBERT and of the codebook."""
STYLE_WIDTH = 128
KERNEL_SIZE = 3
WINDOW = 4
"""How far the relative position embeddings reach, to both sides."""
NUM_HEADS = 2
NUM_COUPLINGS = 4
WAVENET_LAYERS = 4

WEIGHT_NORMED = re.compile(r"(dec\.(ups|resblocks)|flow\.flows\.\d+\.enc)\..*weight")
"""Weights that upstream stores as magnitude and direction."""


@dataclass(frozen=True)
class GenerationSizes:
    """The sizes that tell the generations apart."""

    name: str
    """As upstream writes it into the config."""
    header: bytes
    """First two bytes of the SoVITS file."""
    gpt_phones: int = 732
    """Rows of the GPT's phone embedding; v1 uses 322 of its 512."""
    phones: int = 732
    style_bins: int = 704
    embedding: int = MRTE_WIDTH
    """Width of the voice embedding."""
    speaker: int = 0
    """Width of the speaker encoder's output, which only Pro voices take."""
    upsample_kernels: tuple[int, ...] = (16, 16, 8, 2, 2)
    dropout: float = 0.1
    """Of training; it changes no shape."""


V1 = GenerationSizes("v1", ZIP_HEADER, gpt_phones=512, phones=322, style_bins=1025)
V2 = GenerationSizes("v2", ZIP_HEADER)
V2_PRO = GenerationSizes("v2Pro", b"05", embedding=1024, speaker=20480, dropout=0.0)
V2_PRO_PLUS = replace(V2_PRO, name="v2ProPlus", header=b"06", upsample_kernels=(20, 16, 8, 2, 2))


@dataclass(frozen=True)
class SeededSizes:
    """The sizes of a voice that upstream does not write into its code."""

    gpt_layers: int
    gpt_width: int
    gpt_heads: int
    text_layers: int
    """Layers of the text encoder; the two encoders of speech have half as many."""
    filter_channels: int
    """Width inside the feed-forward layers of the text encoders."""
    latent_channels: int
    vocoder_channels: int
    """Channels before the first upsampling, halved by each."""
    generation: GenerationSizes = V2
    upsample_rates: tuple[int, ...] = (10, 8, 2, 2, 2)
    resblock_kernels: tuple[int, ...] = (3, 7, 11)
    resblock_dilations: tuple[int, ...] = (1, 3, 5)


FULL_V2 = SeededSizes(
    gpt_layers=24,
    gpt_width=512,
    gpt_heads=16,
    text_layers=6,
    filter_channels=768,
    latent_channels=192,
    vocoder_channels=512,
)
"""As upstream's s1longer-v2.yaml and s2.json."""
FULL_V1 = replace(FULL_V2, generation=V1)
FULL_V2_PRO = replace(FULL_V2, generation=V2_PRO)
FULL_V2_PRO_PLUS = replace(FULL_V2, generation=V2_PRO_PLUS, vocoder_channels=768)

MINIATURE = SeededSizes(
    gpt_layers=2,
    gpt_width=128,
    gpt_heads=4,
    text_layers=2,
    filter_channels=64,
    latent_channels=16,
    vocoder_channels=64,
    resblock_kernels=(3,),
)
"""Fast to write, export and run."""


def gpt_shapes(sizes: SeededSizes) -> Shapes:
    """List the weights of the net that turns text into semantic tokens."""
    width = sizes.gpt_width
    layer = {
        "self_attn.in_proj_weight": (3 * width, width),
        "self_attn.in_proj_bias": (3 * width,),
        **_affine("self_attn.out_proj", width, width),
        **_affine("linear1", 4 * width, width),
        **_affine("linear2", width, 4 * width),
        **_norm("norm1", "weight", "bias", width),
        **_norm("norm2", "weight", "bias", width),
    }
    return {
        **_affine("model.bert_proj", width, FEATURES),
        "model.ar_text_embedding.word_embeddings.weight": (sizes.generation.gpt_phones, width),
        "model.ar_text_position.alpha": (1,),
        "model.ar_audio_embedding.word_embeddings.weight": (VOCABULARY, width),
        "model.ar_audio_position.alpha": (1,),
        **_repeated(_below("model.h.layers.#", layer), range(sizes.gpt_layers)),
        "model.ar_predict_layer.weight": (VOCABULARY, width),
    }


def sovits_shapes(sizes: SeededSizes) -> Shapes:
    """List the weights of the net that turns semantic tokens into sound."""
    couplings = range(0, 2 * NUM_COUPLINGS, 2)  # The odd ones only flip the channels.
    return {
        **_below("enc_p", _text_encoder(sizes)),
        **_below("dec", _vocoder(sizes)),
        **_repeated(_below("flow.flows.#", _coupling(sizes)), couplings),
        **_below("ref_enc", _style_encoder(sizes.generation)),
        **_affine("ssl_proj", CONTENT_WIDTH, CONTENT_WIDTH, 2),
        **_below("quantizer.vq.layers.0._codebook", _codebook()),
        **(_speaker_branch(sizes.generation) if sizes.generation.speaker else {}),
    }


def _text_encoder(sizes: SeededSizes) -> Shapes:
    layer = _encoder_layer(sizes.filter_channels)
    half = range(sizes.text_layers // 2)
    return {
        **_affine("ssl_proj", HIDDEN, CONTENT_WIDTH, 1),
        **_repeated(_below("encoder_ssl", layer), half),
        **_repeated(_below("encoder_text", layer), range(sizes.text_layers)),
        "text_embedding.weight": (sizes.generation.phones, HIDDEN),
        **_below("mrte.cross_attention", _attention(MRTE_WIDTH)),
        **_affine("mrte.c_pre", MRTE_WIDTH, HIDDEN, 1),
        **_affine("mrte.text_pre", MRTE_WIDTH, HIDDEN, 1),
        **_affine("mrte.c_post", HIDDEN, MRTE_WIDTH, 1),
        **_repeated(_below("encoder2", layer), half),
        **_affine("proj", 2 * sizes.latent_channels, HIDDEN, 1),
    }


def _encoder_layer(filter_channels: int) -> Shapes:
    relative = (1, 2 * WINDOW + 1, HIDDEN // NUM_HEADS)
    return {
        "attn_layers.#.emb_rel_k": relative,
        "attn_layers.#.emb_rel_v": relative,
        **_below("attn_layers.#", _attention(HIDDEN)),
        **_norm("norm_layers_1.#", "gamma", "beta", HIDDEN),
        **_affine("ffn_layers.#.conv_1", filter_channels, HIDDEN, KERNEL_SIZE),
        **_affine("ffn_layers.#.conv_2", HIDDEN, filter_channels, KERNEL_SIZE),
        **_norm("norm_layers_2.#", "gamma", "beta", HIDDEN),
    }


def _attention(width: int) -> Shapes:
    projections = (_affine(f"conv_{name}", width, width, 1) for name in "qkvo")
    return {name: shape for shapes in projections for name, shape in shapes.items()}


def _vocoder(sizes: SeededSizes) -> Shapes:
    channels = sizes.vocoder_channels
    shapes = _affine("conv_pre", channels, sizes.latent_channels, 7)
    for stage, kernel in enumerate(sizes.generation.upsample_kernels):
        # Transposed convolutions store the input channels first.
        shapes[f"ups.{stage}.weight"] = (channels, channels // 2, kernel)
        channels //= 2
        shapes[f"ups.{stage}.bias"] = (channels,)
        first_block = stage * len(sizes.resblock_kernels)
        for block, size in enumerate(sizes.resblock_kernels, first_block):
            for convolutions in ("convs1", "convs2"):
                module = f"resblocks.{block}.{convolutions}.#"
                dilations = range(len(sizes.resblock_dilations))
                shapes |= _repeated(_affine(module, channels, channels, size), dilations)
    return {
        **shapes,
        "conv_post.weight": (1, channels, 7),
        **_affine("cond", sizes.vocoder_channels, sizes.generation.embedding, 1),
    }


def _coupling(sizes: SeededSizes) -> Shapes:
    half = sizes.latent_channels // 2
    shapes = {
        **_affine("pre", HIDDEN, half, 1),
        **_affine("enc.cond_layer", 2 * HIDDEN * WAVENET_LAYERS, sizes.generation.embedding, 1),
        **_affine("post", half, HIDDEN, 1),
    }
    for layer in range(WAVENET_LAYERS):
        is_last = layer == WAVENET_LAYERS - 1
        shapes |= _affine(f"enc.in_layers.{layer}", 2 * HIDDEN, HIDDEN, 5)
        residual_and_skip = HIDDEN if is_last else 2 * HIDDEN
        shapes |= _affine(f"enc.res_skip_layers.{layer}", residual_and_skip, HIDDEN, 1)
    return shapes


def _style_encoder(generation: GenerationSizes) -> Shapes:
    width = STYLE_WIDTH
    shapes = {
        **_affine("spectral.0.fc", width, generation.style_bins),
        **_affine("spectral.3.fc", width, width),
    }
    shapes |= _repeated(_affine("temporal.#.conv1.conv", 2 * width, width, 5), range(2))
    for name in ("w_qs", "w_ks", "w_vs", "fc"):
        shapes |= _affine(f"slf_attn.{name}", width, width)
    return {**shapes, **_affine("fc.fc", generation.embedding, width)}


def _speaker_branch(generation: GenerationSizes) -> Shapes:
    return {
        **_affine("sv_emb", generation.embedding, generation.speaker),
        **_affine("ge_to512", MRTE_WIDTH, generation.embedding),
        "prelu.weight": (generation.embedding,),
    }


def _codebook() -> Shapes:
    num_codes = VOCABULARY - 1
    return {
        "inited": (1,),
        "cluster_size": (num_codes,),
        "embed": (num_codes, CONTENT_WIDTH),
        "embed_avg": (num_codes, CONTENT_WIDTH),
    }


def _affine(module: str, outputs: int, inputs: int, *kernel: int) -> Shapes:
    return {f"{module}.weight": (outputs, inputs, *kernel), f"{module}.bias": (outputs,)}


def _norm(module: str, gain: str, shift: str, width: int) -> Shapes:
    return {f"{module}.{gain}": (width,), f"{module}.{shift}": (width,)}


def _below(module: str, shapes: Shapes) -> Shapes:
    return {f"{module}.{name}": shape for name, shape in shapes.items()}


def _repeated(shapes: Shapes, numbers: Iterable[int]) -> Shapes:
    """Write each number in turn for the `#` of every name."""
    return {
        name.replace("#", str(number)): shape
        for number in numbers
        for name, shape in shapes.items()
    }
