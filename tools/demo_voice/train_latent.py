"""Trains the net between tokens and vocoder: semantic tokens and phones in, acoustic frames out."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import torch
from acoustic_frames import CHANNELS
from architecture import new_synthesizer
from corpus import SoundExample
from torch import Tensor, nn
from training_state import Training
from voice_embeddings import embed

from voicepack.export.synthesizer import Synthesizer
from voicepack.runtime.contract import FRAMES_PER_TOKEN

SENTENCES_A_STEP = 4
NOISE_SCALE = 0.5
"""Of the latent's noise, as voices are used."""
HIGHEST_RATE = 1e-3
SEED = 11


def predict_frames(net: Synthesizer, example: SoundExample, embedding: Tensor) -> Tensor:
    """Predict the acoustic frames of a sentence: float32, (1, channels, frames)."""
    tokens, phones = torch.from_numpy(example.codes), torch.from_numpy(example.phones)
    noise = NOISE_SCALE * torch.randn(1, CHANNELS, FRAMES_PER_TOKEN * len(tokens))
    frames: Tensor = net.latent(tokens, phones, embedding, noise)
    return frames


def as_predicted(net: Synthesizer, examples: list[SoundExample]) -> list[SoundExample]:
    """Put what the net predicts in the place of the frames."""
    embedding = embed(net.style_encoder, examples)[:1]
    with torch.no_grad():
        net.tabulate_tokens()
        return [
            replace(one, frames=predict_frames(net, one, embedding)[0].T.numpy())
            for one in examples
        ]


def learning_parts(net: Synthesizer) -> nn.ModuleList:
    """Name the parts that are trained here."""
    return nn.ModuleList([net.latent, net.codebook_projection])


def train(examples: list[SoundExample], file: Path, minutes: float) -> None:
    """Train, or go on training, until the planned minutes are spent."""
    net = new_synthesizer(SEED)
    embeddings = embed(net.style_encoder, examples)
    learning = learning_parts(net)
    optimizer = torch.optim.AdamW(learning.parameters(), HIGHEST_RATE, betas=(0.9, 0.98))
    training = Training(learning, optimizer, file, minutes * 60, HIGHEST_RATE)
    training.resume()
    source = random.Random(training.step)
    for _ in training.steps():
        net.tabulate_tokens()
        loss = torch.zeros(())
        for example in source.sample(examples, SENTENCES_A_STEP):
            made = predict_frames(net, example, embeddings[source.randrange(len(embeddings))][None])
            error = (made - torch.from_numpy(example.frames.T)).abs().mean()
            loss = loss + error / SENTENCES_A_STEP
        training.descend(loss, 1.0)
        training.note({"loss": loss})
