"""A BERT with random weights, as the Hugging Face folder that upstream ships."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor

from voicepack.export.bert import BertSizes

MINIATURE_BERT = BertSizes(
    num_layers=3,
    num_heads=16,
    width=1024,
    feed_forward=64,
    vocabulary=256,
    num_positions=64,
    num_types=2,
    norm_epsilon=1e-12,
)
"""As wide as voices want it, and otherwise as small as can be."""
FULL_BERT = BertSizes(
    num_layers=24,
    num_heads=16,
    width=1024,
    feed_forward=4096,
    vocabulary=21128,
    num_positions=512,
    num_types=2,
    norm_epsilon=1e-12,
)
"""chinese-roberta-wwm-ext-large."""

_FIRST_WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"!?…,.-，。！？、")
_FREQUENT = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
)
_LAST_IDEOGRAPH = 0x9FA5
_SPREAD = 0.02
"""Standard deviation that BERT is initialized with."""


def write_bert(folder: Path, sizes: BertSizes, seed: int) -> None:
    """Write `config.json`, `vocab.txt` and `pytorch_model.bin` in half precision.

    Layers that are never used are written too, as the real file has them, and a head for another
    task. Frequent characters come first in the vocabulary, then the others as they are numbered.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(_config(sizes), indent=2) + "\n", "utf-8")
    (folder / "vocab.txt").write_text("\n".join(_words(sizes.vocabulary)) + "\n", "utf-8")
    random = torch.Generator().manual_seed(seed)
    weights = {name: _draw(name, shape, random) for name, shape in _shapes(sizes).items()}
    torch.save(weights, folder / "pytorch_model.bin")


def _words(count: int) -> list[str]:
    ideographs = map(chr, range(0x4E00, _LAST_IDEOGRAPH + 1))
    words = list(dict.fromkeys([*_FIRST_WORDS, *_FREQUENT, *ideographs]))
    return words[:count]


def _config(sizes: BertSizes) -> dict[str, object]:
    return {
        "architectures": ["BertForMaskedLM"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": sizes.width,
        "intermediate_size": sizes.feed_forward,
        "layer_norm_eps": sizes.norm_epsilon,
        "max_position_embeddings": sizes.num_positions,
        "num_attention_heads": sizes.num_heads,
        "num_hidden_layers": sizes.num_layers,
        "torch_dtype": "float16",
        "type_vocab_size": sizes.num_types,
        "vocab_size": sizes.vocabulary,
    }


def _shapes(sizes: BertSizes) -> dict[str, tuple[int, ...]]:
    width, wide = sizes.width, sizes.feed_forward
    shapes: dict[str, tuple[int, ...]] = {
        "bert.embeddings.word_embeddings.weight": (sizes.vocabulary, width),
        "bert.embeddings.position_embeddings.weight": (sizes.num_positions, width),
        "bert.embeddings.token_type_embeddings.weight": (sizes.num_types, width),
        **_affine("bert.embeddings.LayerNorm", (width,)),
    }
    for index in range(sizes.num_layers):
        at = f"bert.encoder.layer.{index}"
        for part in ("query", "key", "value"):
            shapes |= _affine(f"{at}.attention.self.{part}", (width, width))
        shapes |= _affine(f"{at}.attention.output.dense", (width, width))
        shapes |= _affine(f"{at}.attention.output.LayerNorm", (width,))
        shapes |= _affine(f"{at}.intermediate.dense", (wide, width))
        shapes |= _affine(f"{at}.output.dense", (width, wide))
        shapes |= _affine(f"{at}.output.LayerNorm", (width,))
    return shapes | _affine("cls.predictions.transform.dense", (width, width))


def _affine(name: str, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


def _draw(name: str, shape: tuple[int, ...], random: torch.Generator) -> Tensor:
    noise = _SPREAD * torch.randn(shape, generator=random)
    return (1 + noise if name.endswith("LayerNorm.weight") else noise).half()
