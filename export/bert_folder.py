"""Reads a BERT from a local Hugging Face folder, without running anything that is in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from voicepack.export.bert import LAYERS_LEFT_OUT, Bert, BertSizes, build_bert
from voicepack.export.errors import CheckpointError
from voicepack.export.safe_load import load_safely
from voicepack.runtime.bert_tokenizer import BertTokenizer
from voicepack.runtime.errors import TextError

CONFIG, VOCABULARY = "config.json", "vocab.txt"
SAFETENSORS, PICKLED = "model.safetensors", "pytorch_model.bin"
"""Files of weights, in the order in which transformers looks for them."""
ADVICE = (
    "Give the Hugging Face folder of the BERT that voices are trained with, upstream's "
    "`pretrained_models/chinese-roberta-wwm-ext-large`."
)
_SIZES = {
    "num_layers": "num_hidden_layers",
    "num_heads": "num_attention_heads",
    "width": "hidden_size",
    "feed_forward": "intermediate_size",
    "vocabulary": "vocab_size",
    "num_positions": "max_position_embeddings",
    "num_types": "type_vocab_size",
}
"""Field of `BertSizes` -> key of `config.json`."""


@dataclass(frozen=True)
class BertFolder:
    """A BERT that was read and found in order."""

    net: Bert
    vocabulary: str
    """Content of `vocab.txt`."""
    tokenizer: BertTokenizer
    identity: str
    """sha256 of the vocabulary and of every number that is used, whatever file and precision they
    were stored in, so that it is the same for every language pack made from this BERT."""
    sources: dict[str, str]
    """What was read -> sha256 of the file."""


def read_bert(folder: Path) -> BertFolder:
    """Read configuration, vocabulary and weights.

    Args:
        folder: Holds `config.json`, `vocab.txt`, and `model.safetensors` or `pytorch_model.bin`, in
            single or half precision.

    Raises:
        CheckpointError: A file is missing, damaged, unsafe, or of another kind of model.
    """
    sizes = _read_sizes(folder / CONFIG)
    vocabulary, tokenizer = _read_vocabulary(folder / VOCABULARY, sizes.vocabulary)
    weights, name, sha256 = _read_weights(folder)
    net = build_bert(sizes, weights, str(folder))
    return BertFolder(
        net=net,
        vocabulary=vocabulary,
        tokenizer=tokenizer,
        identity=_identity(net.state_dict(), vocabulary),
        sources={f"bert {name}": sha256},
    )


def _read_sizes(path: Path) -> BertSizes:
    config = _read_config(path)
    kind, activation = config.get("model_type", "bert"), config.get("hidden_act", "gelu")
    if kind != "bert" or activation != "gelu":
        raise CheckpointError(
            f"{path}: a model of type {kind!r} with activation {activation!r}, where 'bert' with "
            f"'gelu' is expected. {ADVICE}"
        )
    numbers: dict[str, Any] = {field: config.get(key) for field, key in _SIZES.items()}
    wrong = [
        f"{_SIZES[field]} is {number!r}"
        for field, number in numbers.items()
        if not isinstance(number, int) or number < 1
    ]
    if wrong:
        raise CheckpointError(
            f"{path}: {', '.join(wrong)}, where numbers from 1 are expected. {ADVICE}"
        )
    sizes = BertSizes(**numbers, norm_epsilon=float(config.get("layer_norm_eps", 1e-12)))
    if sizes.num_layers <= LAYERS_LEFT_OUT or sizes.width % sizes.num_heads:
        raise CheckpointError(
            f"{path}: {sizes.num_layers} layers of {sizes.width} channels in {sizes.num_heads} "
            f"heads, where more than {LAYERS_LEFT_OUT} layers and equal heads are expected. "
            f"{ADVICE}"
        )
    return sizes


def _read_config(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise CheckpointError(f"{path.parent}: no BERT here, for {path.name} is missing. {ADVICE}")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{path}: not JSON ({error}). Copy the folder again.") from error
    return config if isinstance(config, dict) else {}


def _read_vocabulary(path: Path, size: int) -> tuple[str, BertTokenizer]:
    if not path.is_file():
        raise CheckpointError(f"{path.parent}: {path.name} is missing. {ADVICE}")
    try:
        vocabulary = path.read_text(encoding="utf-8")
        tokenizer = BertTokenizer.read(vocabulary, str(path))
    except UnicodeDecodeError as error:
        raise CheckpointError(
            f"{path}: not UTF-8 text ({error}). Copy the folder again."
        ) from error
    except TextError as error:
        raise CheckpointError(f"{error} {ADVICE}") from error
    if tokenizer.size > size:
        raise CheckpointError(
            f"{path}: {tokenizer.size} words, but {CONFIG} says {size}. Copy the folder again."
        )
    return vocabulary, tokenizer


def _read_weights(folder: Path) -> tuple[dict[str, Tensor], str, str]:
    """Return the weights, the name of their file, and its sha256."""
    path = folder / SAFETENSORS
    if path.is_file():
        try:
            return load_file(path), SAFETENSORS, hashlib.sha256(path.read_bytes()).hexdigest()
        except SafetensorError as error:
            raise CheckpointError(f"{path}: damaged ({error}). Copy the folder again.") from error
    path = folder / PICKLED
    if not path.is_file():
        raise CheckpointError(
            f"{folder}: the weights are missing; expected {SAFETENSORS} or {PICKLED}. {ADVICE}"
        )
    loaded = load_safely(path)
    content = loaded.content
    if not isinstance(content, Mapping) or not all(
        isinstance(value, Tensor) for value in content.values()
    ):
        raise CheckpointError(f"{path}: holds something else than named tensors. {ADVICE}")
    return {str(name): tensor for name, tensor in content.items()}, PICKLED, loaded.sha256


def _identity(state: Mapping[str, Tensor], vocabulary: str) -> str:
    digest = hashlib.sha256(vocabulary.encode())
    for name in sorted(state):
        digest.update(name.encode())
        digest.update(state[name].numpy().tobytes())
    return digest.hexdigest()
