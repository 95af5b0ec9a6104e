"""Trains the demo voice's stand-in for HuBERT: it hears which semantic tokens a clip says."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import soxr
import torch
from architecture import FEATURES
from corpus import SoundExample
from semantic_codes import NUM_FACTORS, code_factors
from source_speech import SAMPLE_RATE
from token_grid import PHONES, STATES
from torch import Tensor, nn
from torch.nn import functional
from training_state import Training
from transformers import HubertConfig, HubertModel

from voicepack.export.hubert import SAMPLE_RATE as HEARD_RATE
from voicepack.runtime.contract import FRAMES_PER_TOKEN
from voicepack.runtime.phones import FloatArray, IntArray

TOKEN = 640
"""Samples of a token at 16 kHz."""
PIECE = 64
"""Tokens of a training piece."""
SILENT_TOKENS = 15
"""Of a clip's appended silence, with which every second piece ends."""
BATCH = 4
HIGHEST_RATE = 1e-3
SEED = 5


class Hearing(nn.Module):
    """HuBERT, and the projection that turns two of its frames into scores of a token's parts."""

    def __init__(self) -> None:
        super().__init__()
        self.hubert = HubertModel(hubert_config())
        self.projection = nn.Conv1d(FEATURES, NUM_FACTORS, FRAMES_PER_TOKEN, FRAMES_PER_TOKEN)

    def forward(self, samples: Tensor) -> Tensor:
        """Score pieces: float32 (batch, samples) to (batch, NUM_FACTORS, tokens)."""
        features = self.hubert(samples).last_hidden_state
        scores: Tensor = self.projection(features.transpose(1, 2))
        return scores

    def ssl_projection(self) -> nn.Conv1d:
        """Fill the projection up to as many channels as HuBERT has; the rest is silent."""
        whole = nn.Conv1d(FEATURES, FEATURES, FRAMES_PER_TOKEN, FRAMES_PER_TOKEN)
        with torch.no_grad():
            for parameter, part in zip(
                whole.parameters(), self.projection.parameters(), strict=True
            ):
                parameter.zero_()
                parameter[:NUM_FACTORS] = part
        return whole


def hubert_config() -> HubertConfig:
    """Describe the net: upstream's front of seven convolutions, narrow, and one layer."""
    return HubertConfig(
        hidden_size=FEATURES,
        num_hidden_layers=1,
        num_attention_heads=4,
        intermediate_size=512,
        conv_dim=(48,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=16,
        mask_time_prob=0.0,
        layerdrop=0.0,
        architectures=["HubertModel"],
        dtype="float16",
    )


def draw_pieces(
    examples: list[SoundExample], count: int, source: random.Random
) -> tuple[Tensor, Tensor]:
    """Cut pieces: samples (count, PIECE * TOKEN), and codes (count, PIECE), -100 in silence."""
    sounds: list[FloatArray] = []
    codes: list[IntArray] = []
    while len(sounds) < count:
        one = source.choice(examples)
        if len(one.codes) < PIECE:
            continue
        heard = soxr.resample(one.samples.astype(np.float32) / 32768, SAMPLE_RATE, HEARD_RATE)
        silent = source.choice((0, SILENT_TOKENS))
        spoken = PIECE - silent
        latest = len(one.codes) - spoken
        start = latest if silent else source.randint(0, latest)
        sound = np.zeros(PIECE * TOKEN, np.float32)
        sound[: spoken * TOKEN] = heard[start * TOKEN : (start + spoken) * TOKEN]
        sounds.append(sound)
        codes.append(np.pad(one.codes[start : start + spoken], (0, silent), constant_values=-100))
    return torch.from_numpy(np.stack(sounds)), torch.from_numpy(np.stack(codes))


def losses(hearing: Hearing, sounds: Tensor, codes: Tensor) -> dict[str, Tensor]:
    """Compute how well the parts of each token are told, and the share of tokens that are right."""
    scores = hearing(sounds)
    factors = torch.from_numpy(code_factors())
    codes = codes[:, : scores.shape[2]]
    known = codes >= 0
    wanted = factors[codes.clamp(min=0)].transpose(1, 2)
    sizes = [len(PHONES), STATES, NUM_FACTORS - len(PHONES) - STATES]
    entropies = [
        functional.cross_entropy(one, other.argmax(1), reduction="none")[known].mean()
        for one, other in zip(
            torch.split(scores, sizes, 1), torch.split(wanted, sizes, 1), strict=True
        )
    ]
    found = torch.einsum("bft,cf->btc", scores, factors).argmax(2)
    return {
        "loss": sum(entropies, torch.zeros(())),
        "right": (found == codes)[known].float().mean(),
    }


def train(examples: list[SoundExample], file: Path, minutes: float) -> None:
    """Train, or go on training, until the planned minutes are spent."""
    torch.manual_seed(SEED)
    hearing = Hearing().train()
    optimizer = torch.optim.AdamW(hearing.parameters(), HIGHEST_RATE, betas=(0.9, 0.98))
    training = Training(hearing, optimizer, file, minutes * 60, HIGHEST_RATE)
    training.resume()
    source = random.Random(training.step)
    for _ in training.steps():
        found = losses(hearing, *draw_pieces(examples, BATCH, source))
        training.descend(found["loss"], 1.0)
        training.note(found)
