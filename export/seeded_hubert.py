"""A tiny HuBERT with random weights, as the Hugging Face folder that upstream ships."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from transformers import HubertConfig, HubertModel

from voicepack.export.seeded_shapes import CONTENT_WIDTH

_PREPROCESSOR = {
    "do_normalize": True,
    "feature_extractor_type": "Wav2Vec2FeatureExtractor",
    "feature_size": 1,
    "padding_side": "right",
    "padding_value": 0,
    "return_attention_mask": False,
    "sampling_rate": 16000,
}
_STORED_NAMES = {
    "parametrizations.weight.original0": "weight_g",
    "parametrizations.weight.original1": "weight_v",
}
"""How transformers names the positional convolution in memory -> in files of upstream's age."""


def write_hubert(folder: Path, seed: int) -> None:
    """Write `config.json`, `preprocessor_config.json` and `pytorch_model.bin` in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    config = HubertConfig(
        hidden_size=CONTENT_WIDTH,
        num_hidden_layers=1,
        num_attention_heads=12,
        intermediate_size=64,
        conv_dim=(32,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=48,
        architectures=["HubertModel"],
        dtype="float16",
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = HubertModel(config)
    torch.save(
        {_stored_name(name): tensor.half() for name, tensor in model.state_dict().items()},
        folder / "pytorch_model.bin",
    )
    _write_json(folder / "config.json", config.to_dict())
    _write_json(folder / "preprocessor_config.json", _PREPROCESSOR)


def _stored_name(name: str) -> str:
    for ours, stored in _STORED_NAMES.items():
        name = name.replace(ours, stored)
    return name


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
