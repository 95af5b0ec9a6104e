"""Trains the vocoder of the demo voice: acoustic frames in, sound out.

No discriminator is needed: on the token grid the frames tell pulses and noise exactly, so the sound
can be learnt as it is, phase and all.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import torch
from architecture import new_synthesizer
from corpus import SoundExample
from spectral_loss import spectral_loss
from torch import Tensor
from train_latent import as_predicted
from training_state import Training
from voice_embeddings import embed

from voicepack.export.synthesizer import Synthesizer
from voicepack.export.vocoder import Vocoder
from voicepack.runtime.phones import FloatArray

HOP = 640
CROP, MARGIN = 20, 2
"""Frames of a piece, and at both its ends those whose neighbours are cut off."""
BATCH = 12
JITTER = 0.03
"""Deviation of noise on the frames, for the net before is not exact either."""
HIGHEST_RATE = 1.2e-3
POLISHING_RATE = 8e-4
SEED = 11


def draw_pieces(
    examples: list[SoundExample], count: int, source: random.Random
) -> tuple[Tensor, Tensor]:
    """Cut pieces: frames (count, channels, CROP), and samples (count, inner samples)."""
    frames: list[FloatArray] = []
    samples: list[FloatArray] = []
    while len(frames) < count:
        one = source.choice(examples)
        start = source.randint(0, len(one.frames) - CROP)
        inner = slice((start + MARGIN) * HOP, (start + CROP - MARGIN) * HOP)
        frames.append(one.frames[start : start + CROP].T)
        samples.append(one.samples[inner].astype(np.float32) / np.float32(32768))
    return torch.from_numpy(np.stack(frames)), torch.from_numpy(np.stack(samples))


def speak(vocoder: Vocoder, frames: Tensor, embedding: Tensor) -> Tensor:
    """Turn pieces of frames into their inner samples, float32 (count, samples)."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        sound: Tensor = vocoder(frames, embedding)
    return sound[:, 0, MARGIN * HOP : -MARGIN * HOP].float()


def train(examples: list[SoundExample], file: Path, minutes: float) -> None:
    """Train on exact frames, or go on, until the planned minutes are spent."""
    _train(new_synthesizer(SEED), examples, file, minutes, HIGHEST_RATE)


def polish(net: Synthesizer, examples: list[SoundExample], file: Path, minutes: float) -> None:
    """Train a trained vocoder further on the frames that the net before it really predicts."""
    _train(net, as_predicted(net, examples), file, minutes, POLISHING_RATE)


def _train(
    net: Synthesizer, examples: list[SoundExample], file: Path, minutes: float, rate: float
) -> None:
    embeddings = embed(net.style_encoder, examples)
    # Channels last, a step takes two thirds of the time.
    vocoder = net.vocoder.to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(vocoder.parameters(), rate, betas=(0.8, 0.99))
    training = Training(vocoder, optimizer, file, minutes * 60, rate)
    training.resume()
    source = random.Random(training.step)
    for step in training.steps():
        frames, wanted = draw_pieces(examples, BATCH, source)
        jittered = frames + JITTER * torch.randn_like(frames)
        made = speak(vocoder, jittered, embeddings[step % len(embeddings)][None])
        loss = spectral_loss(made, wanted)
        training.descend(loss, 5.0)
        training.note({"loss": loss})
