"""Writes the demo voice as upstream's training does: its names, half precision, config, info."""

from __future__ import annotations

import io
import json
import re
from collections import OrderedDict
from pathlib import Path
from typing import Any

import torch
from architecture import SIZES
from torch import Tensor
from train_hubert import Hearing
from train_text2semantic import SIZES as GPT_SIZES

from voicepack.export.synthesizer import SYNTHESIZER_WEIGHTS, Synthesizer
from voicepack.export.synthesizer_sizes import CODEBOOK
from voicepack.export.text2semantic import TEXT2SEMANTIC_WEIGHTS, Text2Semantic
from voicepack.export.weights import invert_table, unfold_weight_norm

WEIGHT_NORMED = re.compile(r"(dec\.(ups|resblocks)|flow\.flows\.\d+\.enc)\..*weight")
STORED_NAMES = {
    "parametrizations.weight.original0": "weight_g",
    "parametrizations.weight.original1": "weight_v",
}
"""How transformers names the positional convolution in memory -> in files of upstream's age."""
PREPROCESSOR = {
    "do_normalize": True,
    "feature_extractor_type": "Wav2Vec2FeatureExtractor",
    "feature_size": 1,
    "padding_side": "right",
    "padding_value": 0,
    "return_attention_mask": False,
    "sampling_rate": 16000,
}


def write_gpt(path: Path, net: Text2Semantic) -> None:
    """Write text2semantic."""
    weights = invert_table(net.state_dict(), TEXT2SEMANTIC_WEIGHTS)
    _write(path, weights, _gpt_config(), "GPT-e1")


def write_sovits(path: Path, net: Synthesizer) -> None:
    """Write everything that turns tokens into sound."""
    weights = invert_table(net.state_dict(), SYNTHESIZER_WEIGHTS)
    weights = {
        name: weight.squeeze(2) if name.startswith("dec.") and weight.ndim == 4 else weight
        for name, weight in weights.items()
    }
    normed = [name.removesuffix(".weight") for name in weights if WEIGHT_NORMED.fullmatch(name)]
    weights = unfold_weight_norm(weights, normed)
    codebook = CODEBOOK.removesuffix("embed")
    weights[f"{codebook}embed_avg"] = weights[CODEBOOK]
    weights[f"{codebook}cluster_size"] = torch.ones(len(weights[CODEBOOK]))
    weights[f"{codebook}inited"] = torch.ones(1)
    _write(path, weights, _sovits_config(), "1epoch_1iteration")


def write_hubert(folder: Path, hearing: Hearing) -> None:
    """Write the folder that stands for `chinese-hubert-base`."""
    folder.mkdir(parents=True, exist_ok=True)
    state = hearing.hubert.state_dict()
    weights = {_stored_name(name): tensor.half() for name, tensor in state.items()}
    torch.save(weights, folder / "pytorch_model.bin")
    for name, content in (
        ("config.json", hearing.hubert.config.to_dict()),
        ("preprocessor_config.json", PREPROCESSOR),
    ):
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _stored_name(name: str) -> str:
    for ours, stored in STORED_NAMES.items():
        name = name.replace(ours, stored)
    return name


def _write(path: Path, weights: dict[str, Tensor], config: dict[str, Any], info: str) -> None:
    half = OrderedDict((name, weight.half().contiguous()) for name, weight in weights.items())
    # Saved to memory, for the archive's top folder would else be named as the file.
    buffer = io.BytesIO()
    torch.save(OrderedDict(weight=half, config=config, info=info), buffer)
    path.write_bytes(buffer.getvalue())


def _gpt_config() -> dict[str, Any]:
    end = GPT_SIZES.vocabulary - 1
    return {
        "data": {"max_eval_sample": 8, "max_sec": 54, "num_workers": 4, "pad_val": end},
        "model": {
            "vocab_size": GPT_SIZES.vocabulary,
            "phoneme_vocab_size": GPT_SIZES.num_phones,
            "embedding_dim": GPT_SIZES.width,
            "hidden_dim": GPT_SIZES.width,
            "head": GPT_SIZES.num_heads,
            "linear_units": GPT_SIZES.feed_forward,
            "n_layer": GPT_SIZES.num_layers,
            "dropout": 0,
            "EOS": end,
            "random_bert": 0,
        },
        "inference": {"top_k": 15},
    }


def _sovits_config() -> dict[str, Any]:
    text, vocoder = SIZES.text_encoder, SIZES.vocoder
    return {
        "data": {
            "max_wav_value": 32768.0,
            "sampling_rate": 32000,
            "filter_length": 2048,
            "hop_length": 640,
            "win_length": 2048,
            "n_mel_channels": 128,
            "mel_fmin": 0.0,
            "mel_fmax": None,
            "add_blank": True,
            "n_speakers": 300,
            "cleaned_text": True,
        },
        "model": {
            "inter_channels": text.latent_channels,
            "hidden_channels": text.encoder.channels,
            "filter_channels": text.encoder.feed_forward,
            "n_heads": text.encoder.num_heads,
            "n_layers": text.phone_layers,
            "kernel_size": text.encoder.kernel_size,
            "p_dropout": 0.0,
            "resblock": "1",
            "resblock_kernel_sizes": list(vocoder.block_kernels),
            "resblock_dilation_sizes": [list(row) for row in vocoder.block_dilations],
            "upsample_rates": list(vocoder.rates),
            "upsample_initial_channel": vocoder.channels,
            "upsample_kernel_sizes": list(vocoder.upsampler_kernels),
            "n_layers_q": 3,
            "use_spectral_norm": False,
            "gin_channels": vocoder.embedding_channels,
            "semantic_frame_rate": "25hz",
            "freeze_quantizer": True,
            "version": "v2",
        },
        "content_module": "cnhubert",
        "name": "demo",
        "version": "v2",
        "pretrain": None,
        "resume_step": None,
    }
