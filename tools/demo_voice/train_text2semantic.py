"""Trains text2semantic of the demo voice: phones in, semantic tokens out.

Two heads of the second layer are shown where to look: one at the phone that is being said, one at
the next. A small net then learns early to follow the text, and neither skips nor repeats.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import torch
from corpus import Example
from phone_alignment import AlignedExample, align_tokens
from positional_heads import look_beside
from semantic_codes import NUM_CODES, NUM_FACTORS, code_factors
from token_batches import Batch, batches
from torch import Tensor, nn
from torch.nn import functional
from training_state import Training

from voicepack.export.text2semantic import Block, Text2Semantic, Text2SemanticSizes
from voicepack.runtime.positions import sine_positions
from voicepack.runtime.text.symbols import symbol_table

SIZES = Text2SemanticSizes(
    num_layers=3,
    num_heads=5,
    width=160,
    feed_forward=640,
    num_phones=732,
    vocabulary=NUM_CODES + 1,
    num_features=1024,
)
NEIGHBOURS = (-1, 1, -2, -4)
"""Where heads of the first layer look at first, from each place."""
LONGEST = 1024
"""Positions of text or tokens, more than any training sentence has."""
GUIDED_LAYER = 1
GUIDANCE = 0.3
"""Weight of the guidance in the loss."""
NORMALIZATION = 0.02
"""Keeps logits near log-probabilities, so that the repetition penalty weakens all of them alike."""
DROPOUT = 0.02
SHARPENING = 2.0
"""Factor of the finished net's logits: at temperature 1 it shall speak as if at a half."""
HIGHEST_RATE = 2e-3


class FactoredText2Semantic(nn.Module):
    """The net, with what a token means made of what its phone, state and pitch mean."""

    def __init__(self) -> None:
        super().__init__()
        self.net = Text2Semantic(SIZES)
        end = np.zeros((NUM_CODES + 1, NUM_FACTORS + 1), np.float32)
        end[:-1, :-1], end[-1, -1] = code_factors(), 1
        self.factors = torch.from_numpy(end)
        self.heard = nn.Parameter(torch.randn(NUM_FACTORS + 1, SIZES.width) * 0.3)
        self.said = nn.Parameter(torch.randn(NUM_FACTORS + 1, SIZES.width) * 0.05)
        nn.init.normal_(self.net.phone_embedding.weight, std=0.4)
        nn.init.zeros_(self.net.token_embedding.weight)
        nn.init.zeros_(self.net.head.weight)
        nn.init.zeros_(self.net.feature_projection.bias)
        tables = self.net.phone_embedding.weight, self.heard
        look_beside(self.blocks()[0], NEIGHBOURS, tables)
        self.positions = torch.from_numpy(sine_positions(0, LONGEST, SIZES.width))

    def blocks(self) -> list[Block]:
        """List the layers."""
        return [block for block in self.net.blocks if isinstance(block, Block)]

    def token_table(self) -> Tensor:
        """Compose the embeddings: (vocabulary, width)."""
        return self.factors @ self.heard + self.net.token_embedding.weight

    def head_weight(self) -> Tensor:
        """Compose the weight of the head: (vocabulary, width)."""
        return self.factors @ self.said + self.net.head.weight

    def plain(self) -> Text2Semantic:
        """Give the net alone, sharpened, what is composed written into it."""
        with torch.no_grad():
            state = dict(self.net.state_dict())
            state["token_embedding.weight"] = self.token_table().clone()
            state["head.weight"] = SHARPENING * self.head_weight()
        net = Text2Semantic(SIZES)
        net.load_state_dict(state)
        return net.eval()

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Compute the logits before and after every token, and how far heads look elsewhere.

        Returns:
            (batch, 1 + tokens, vocabulary), and a scalar.
        """
        net, num_phones = self.net, batch.phones.shape[1]
        text = net.phone_embedding(batch.phones) + net.feature_projection.bias
        text = text + net.text_position_scale * self.positions[:num_phones]
        heard = functional.embedding(batch.heard, self.token_table())
        heard = heard + net.token_position_scale * self.positions[: batch.heard.shape[1]]
        # Padding between text and tokens is never looked at, and positions count from 0 in both.
        hidden = functional.dropout(torch.cat([text, heard], 1), DROPOUT, self.training)
        visible = batch.visible()
        guidance = torch.zeros(())
        for layer, block in enumerate(self.blocks()):
            if layer == GUIDED_LAYER:
                guidance = guidance_to_text(block, hidden, batch)
            hidden = functional.dropout(block(hidden, visible), DROPOUT, self.training)
        ends = hidden[torch.arange(len(hidden)), batch.phone_lengths - 1]
        speaking = torch.cat([ends[:, None], hidden[:, num_phones:]], 1)
        return functional.linear(speaking, self.head_weight()), guidance


def guidance_to_text(block: Block, hidden: Tensor, batch: Batch) -> Tensor:
    """Measure how far tokens look away from the phone they say, and from the next one."""
    num_phones = batch.phones.shape[1]
    looked = _attention(block, hidden, num_phones, batch.phone_lengths)
    last = (batch.phone_lengths - 1)[:, None]
    following = torch.where(batch.places >= 0, torch.minimum(batch.places + 1, last), batch.places)
    saying, coming = looked[:, 0].transpose(1, 2), looked[:, 1].transpose(1, 2)
    return functional.nll_loss(saying, batch.places) + functional.nll_loss(coming, following)


def _attention(block: Block, hidden: Tensor, num_phones: int, phone_lengths: Tensor) -> Tensor:
    """Compute how two heads of the tokens look at the text, as if nothing else could be seen.

    Returns:
        float32, (batch, 2, tokens, phones): logarithms.
    """
    batch, length, _ = hidden.shape
    size = 2 * SIZES.head_size
    weight, bias = block.qkv.weight, block.qkv.bias
    query, key = (
        functional.linear(hidden, weight[start : start + size], bias[start : start + size])
        .view(batch, length, 2, -1)
        .transpose(1, 2)
        for start in (0, SIZES.width)
    )
    scores = query[:, :, num_phones:] @ key[:, :, :num_phones].transpose(2, 3)
    padding = torch.arange(num_phones) >= phone_lengths[:, None]
    scores = scores.float() * SIZES.head_size**-0.5
    return functional.log_softmax(scores.masked_fill(padding[:, None, None], -1e4), dim=3)


def losses(model: FactoredText2Semantic, batch: Batch) -> dict[str, Tensor]:
    """Compute what is minimized, and beside it the share of tokens guessed."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits, guidance = model(batch)
    logits = logits.float()
    entropy = functional.cross_entropy(logits.transpose(1, 2), batch.wanted)
    counts = batch.wanted >= 0
    norm = torch.logsumexp(logits, 2)[counts].square().mean()
    guessed = (logits.argmax(2) == batch.wanted)[counts].float().mean()
    return {
        "loss": entropy + NORMALIZATION * norm + GUIDANCE * guidance,
        "entropy": entropy,
        "guidance": guidance,
        "norm": norm,
        "guessed": guessed,
    }


def align(examples: list[Example]) -> list[AlignedExample]:
    """Align all sentences."""
    symbols = symbol_table("v2").symbols
    return [
        AlignedExample(
            one.phones,
            one.codes,
            align_tokens(tuple(symbols[number] for number in one.phones), one.codes),
        )
        for one in examples
    ]


def train(examples: list[Example], file: Path, minutes: float) -> None:
    """Train, or go on training, until the planned minutes are spent."""
    torch.manual_seed(1)
    model = FactoredText2Semantic().train()
    optimizer = torch.optim.AdamW(
        model.parameters(), HIGHEST_RATE, betas=(0.9, 0.98), weight_decay=0.02
    )
    training = Training(model, optimizer, file, minutes * 60, HIGHEST_RATE)
    training.resume()
    drawn = batches(align(examples), random.Random(training.step))
    for _ in training.steps():
        found = losses(model, next(drawn))
        training.descend(found["loss"], 1.0)
        training.note(found)
