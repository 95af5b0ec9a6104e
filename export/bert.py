"""BERT up to the layer whose output voices were trained with, as a torch module.

Source: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", 2018; which layer is
taken: upstream `TTS_infer_pack/TextPreprocessor.py`, get_bert_feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from voicepack.export.weights import WeightTable, load_module

LAYERS_LEFT_OUT = 2
"""Voices hear the last hidden state but two: `hidden_states[-3]` as transformers counts."""

_NORMS = {"gamma": "weight", "beta": "bias", "weight": "weight", "bias": "bias"}
"""How older and newer files name the two vectors of a layer norm."""
_IN_LAYER = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "out",
    "intermediate.dense": "fc1",
    "output.dense": "fc2",
}
_NORMS_IN_LAYER = {
    "attention.output.LayerNorm": "attention_norm",
    "output.LayerNorm": "feed_forward_norm",
}


@dataclass(frozen=True)
class BertSizes:
    """Dimensions of the whole net, as its files tell them."""

    num_layers: int
    """All that were trained; `LAYERS_LEFT_OUT` of them are not used here."""
    num_heads: int
    width: int
    feed_forward: int
    vocabulary: int
    num_positions: int
    """Tokens it can take at once, the two marks at the ends counted."""
    num_types: int
    norm_epsilon: float

    @property
    def layers_used(self) -> int:
        """Layers that are kept."""
        return self.num_layers - LAYERS_LEFT_OUT

    @property
    def head_size(self) -> int:
        """Channels of one attention head."""
        return self.width // self.num_heads


class Layer(nn.Module):
    """A post-norm transformer layer."""

    def __init__(self, sizes: BertSizes) -> None:
        super().__init__()
        self.num_heads = sizes.num_heads
        self.query = nn.Linear(sizes.width, sizes.width)
        self.key = nn.Linear(sizes.width, sizes.width)
        self.value = nn.Linear(sizes.width, sizes.width)
        self.out = nn.Linear(sizes.width, sizes.width)
        self.attention_norm = nn.LayerNorm(sizes.width, sizes.norm_epsilon)
        self.fc1 = nn.Linear(sizes.width, sizes.feed_forward)
        self.fc2 = nn.Linear(sizes.feed_forward, sizes.width)
        self.feed_forward_norm = nn.LayerNorm(sizes.width, sizes.norm_epsilon)

    def forward(self, hidden: Tensor) -> Tensor:
        """Map (1, n, width) to (1, n, width); every position sees every other."""
        query, key, value = (
            part(hidden).unflatten(2, (self.num_heads, -1)).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        attended = functional.scaled_dot_product_attention(query, key, value)
        mixed = self.out(attended.transpose(1, 2).flatten(2))
        hidden = self.attention_norm(hidden + mixed)
        expanded = functional.gelu(self.fc1(hidden))
        normed: Tensor = self.feed_forward_norm(hidden + self.fc2(expanded))
        return normed


class Bert(nn.Module):
    """Embeddings and the layers that are used."""

    def __init__(self, sizes: BertSizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.token_embedding = nn.Embedding(sizes.vocabulary, sizes.width)
        self.position_embedding = nn.Embedding(sizes.num_positions, sizes.width)
        self.type_embedding = nn.Embedding(sizes.num_types, sizes.width)
        self.embedding_norm = nn.LayerNorm(sizes.width, sizes.norm_epsilon)
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers_used))

    def forward(self, input_ids: Tensor) -> Tensor:
        """Compute the features of one text.

        Args:
            input_ids: int64, (1, n), the marks at both ends included.

        Returns:
            float32, (n, width).
        """
        place = self.position_embedding.weight[: input_ids.shape[1]] + self.type_embedding.weight[0]
        hidden: Tensor = self.embedding_norm(self.token_embedding(input_ids) + place)
        for layer in self.layers:
            hidden = layer(hidden)
        return hidden[0]


def bert_weights(sizes: BertSizes) -> WeightTable:
    """Map the names of a Hugging Face BERT, without a leading `bert.`, to ours."""
    norms = {"embeddings.LayerNorm": "embedding_norm"}
    names = {
        "embeddings.word_embeddings": "token_embedding",
        "embeddings.position_embeddings": "position_embedding",
        "embeddings.token_type_embeddings": "type_embedding",
    }
    for upstream, ours in _IN_LAYER.items():
        names[f"encoder.layer.{{i}}.{upstream}"] = f"layers.{{i}}.{ours}"
    for upstream, ours in _NORMS_IN_LAYER.items():
        norms[f"encoder.layer.{{i}}.{upstream}"] = f"layers.{{i}}.{ours}"
    for upstream, ours in norms.items():
        names |= {f"{upstream}.{theirs}": f"{ours}.{name}" for theirs, name in _NORMS.items()}
    return WeightTable(names)


def build_bert(sizes: BertSizes, weights: Mapping[str, Tensor], source: str) -> Bert:
    """Build the net up to the layer that is used, in float32 and for inference.

    Args:
        sizes: Of the whole net.
        weights: By Hugging Face's names, with or without a leading `bert.`; layers that are not
            used and heads for other tasks are left out.
        source: Names the folder in error messages.

    Raises:
        CheckpointError: Weights are missing, unknown, of the wrong shape, or not finite.
    """
    with torch.device("meta"):
        net = Bert(sizes)
    load_module(net, used_weights(sizes, weights), bert_weights(sizes), source)
    return net.requires_grad_(False)


def used_weights(sizes: BertSizes, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Pick the weights of embeddings and used layers, by names without a leading `bert.`."""
    left_out = tuple(f"encoder.layer.{i}." for i in range(sizes.layers_used, sizes.num_layers))
    bare = {name.removeprefix("bert."): tensor for name, tensor in weights.items()}
    return {
        name: tensor
        for name, tensor in bare.items()
        if name.startswith(("embeddings.", "encoder."))
        and not name.startswith(left_out)
        and not name.endswith("_ids")  # a buffer that counts positions
    }
