"""Voice embeddings of the clips: of one speaker, so the nets only learn to bear their spread."""

from __future__ import annotations

import torch
from architecture import EMBEDDING
from corpus import SoundExample
from torch import Tensor

from voicepack.export.style_encoder import StyleEncoder

FFT, HOP = 2048, 640
NUM_CLIPS = 24


def embed(encoder: StyleEncoder, examples: list[SoundExample]) -> Tensor:
    """Embed the first clips: float32, (NUM_CLIPS, EMBEDDING, 1)."""
    window = torch.hann_window(FFT)
    rows = torch.empty(NUM_CLIPS, EMBEDDING, 1)
    with torch.inference_mode():
        for row, example in zip(rows, examples, strict=False):
            samples = torch.from_numpy(example.samples).float() / 32768
            spectrum = torch.stft(samples, FFT, HOP, window=window, return_complex=True)
            row.copy_(encoder(spectrum.abs()[None]).T)
    return rows
