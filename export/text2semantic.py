"""Text2semantic as a torch module: what its ONNX graph is compared with.

Source of the mathematics: upstream `AR/models/t2s_model.py` and `AR/modules/embedding.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from voicepack.export.checkpoint import Checkpoint
from voicepack.export.config import GptConfig
from voicepack.export.weights import WeightTable, load_module
from voicepack.runtime.embedding_tables import EmbeddingTables

TEXT2SEMANTIC_WEIGHTS = WeightTable(
    names={
        "model.bert_proj": "feature_projection",
        "model.ar_text_embedding.word_embeddings": "phone_embedding",
        "model.ar_audio_embedding.word_embeddings": "token_embedding",
        "model.ar_text_position.alpha": "text_position_scale",
        "model.ar_audio_position.alpha": "token_position_scale",
        "model.h.layers.{i}.self_attn.in_proj_weight": "blocks.{i}.qkv.weight",
        "model.h.layers.{i}.self_attn.in_proj_bias": "blocks.{i}.qkv.bias",
        "model.h.layers.{i}.self_attn.out_proj": "blocks.{i}.out",
        "model.h.layers.{i}.linear1": "blocks.{i}.fc1",
        "model.h.layers.{i}.linear2": "blocks.{i}.fc2",
        "model.h.layers.{i}.norm1": "blocks.{i}.attention_norm",
        "model.h.layers.{i}.norm2": "blocks.{i}.feed_forward_norm",
        "model.ar_predict_layer": "head",
    },
    dropped=("model.ar_accuracy_metric",),  # training only
)


@dataclass(frozen=True)
class Text2SemanticSizes:
    """Dimensions of the net, read from the checkpoint."""

    num_layers: int
    num_heads: int
    width: int
    feed_forward: int
    num_phones: int
    vocabulary: int
    num_features: int

    @property
    def head_size(self) -> int:
        """Channels of one attention head."""
        return self.width // self.num_heads

    @staticmethod
    def read(checkpoint: Checkpoint) -> Text2SemanticSizes:
        """Read what weights tell from the weights, the rest from the config.

        Raises:
            CheckpointError: A weight or a number is missing, or they contradict each other.
        """
        config = GptConfig.from_checkpoint(checkpoint)
        phones, tokens = "ar_text_embedding", "ar_audio_embedding"
        return Text2SemanticSizes(
            num_layers=config.num_layers,
            num_heads=config.num_heads,
            width=checkpoint.size(f"model.{phones}.word_embeddings.weight", 1),
            feed_forward=checkpoint.size("model.h.layers.0.linear1.weight", 0),
            num_phones=checkpoint.size(f"model.{phones}.word_embeddings.weight", 0),
            vocabulary=checkpoint.size(f"model.{tokens}.word_embeddings.weight", 0),
            num_features=checkpoint.size("model.bert_proj.weight", 1),
        )


class Block(nn.Module):
    """A post-norm transformer layer."""

    def __init__(self, sizes: Text2SemanticSizes) -> None:
        super().__init__()
        self.num_heads = sizes.num_heads
        self.qkv = nn.Linear(sizes.width, 3 * sizes.width)
        self.out = nn.Linear(sizes.width, sizes.width)
        self.attention_norm = nn.LayerNorm(sizes.width)
        self.fc1 = nn.Linear(sizes.width, sizes.feed_forward)
        self.fc2 = nn.Linear(sizes.feed_forward, sizes.width)
        self.feed_forward_norm = nn.LayerNorm(sizes.width)

    def forward(self, hidden: Tensor, visible: Tensor) -> Tensor:
        """Map (1, S, width) to (1, S, width); `visible` is bool, (S, S), query by key."""
        batch, length, width = hidden.shape
        heads = self.qkv(hidden).view(batch, length, 3, self.num_heads, -1)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(query, key, value, visible)
        attended = attended.transpose(1, 2).reshape(batch, length, width)
        hidden = self.attention_norm(hidden + self.out(attended))
        expanded = functional.relu(self.fc1(hidden))
        normed: Tensor = self.feed_forward_norm(hidden + self.fc2(expanded))
        return normed


class Text2Semantic(nn.Module):
    """The whole GPT checkpoint: embeddings, layers and the head."""

    def __init__(self, sizes: Text2SemanticSizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.feature_projection = nn.Linear(sizes.num_features, sizes.width)
        self.phone_embedding = nn.Embedding(sizes.num_phones, sizes.width)
        self.token_embedding = nn.Embedding(sizes.vocabulary, sizes.width)
        self.text_position_scale = nn.Parameter(torch.ones(1))
        self.token_position_scale = nn.Parameter(torch.ones(1))
        self.blocks = nn.ModuleList(Block(sizes) for _ in range(sizes.num_layers))
        self.head = nn.Linear(sizes.width, sizes.vocabulary, bias=False)

    def forward(self, hidden: Tensor, num_text: int) -> Tensor:
        """Compute the logits after every position, without a cache.

        Args:
            hidden: float32, (1, S, width): embedded phones, then embedded tokens.
            num_text: How many positions are phones: they see each other and no token; tokens see
                the phones and the tokens up to themselves.

        Returns:
            float32, (S, vocabulary).
        """
        visible = visible_positions(num_text, hidden.shape[1] - num_text)
        for block in self.blocks:
            hidden = block(hidden, visible)
        logits: Tensor = self.head(hidden[0])
        return logits

    def embedding_tables(self) -> EmbeddingTables:
        """Collect what the host needs to embed phones and tokens itself."""
        return EmbeddingTables(
            phone=self.phone_embedding.weight.detach().numpy(),
            token=self.token_embedding.weight.detach().numpy(),
            feature_weight=self.feature_projection.weight.detach().T.contiguous().numpy(),
            feature_bias=self.feature_projection.bias.detach().numpy(),
            text_position_scale=float(self.text_position_scale.item()),
            token_position_scale=float(self.token_position_scale.item()),
        )


def visible_positions(num_text: int, num_tokens: int) -> Tensor:
    """Build the mask of a whole sequence: bool, (S, S), True where a query sees a key."""
    length = num_text + num_tokens
    visible = torch.ones(length, length, dtype=torch.bool).tril()
    visible[:num_text, :num_text] = True
    return visible


def build_text2semantic(checkpoint: Checkpoint) -> Text2Semantic:
    """Build the net of a GPT checkpoint, with its weights, in float32 and for inference.

    Raises:
        CheckpointError: Weights or config are missing, left over, or of the wrong shape.
    """
    net = Text2Semantic(Text2SemanticSizes.read(checkpoint))
    load_module(net, checkpoint.weights, TEXT2SEMANTIC_WEIGHTS, str(checkpoint.path))
    return net.eval().requires_grad_(False)
