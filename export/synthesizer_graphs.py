"""The graphs of a synthesizer, each with what proves it right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from voicepack.export.latent import latent_spec
from voicepack.export.style_encoder import StyleEncoder, speaker_spec
from voicepack.export.synthesizer import Synthesizer
from voicepack.export.synthesizer_sizes import SynthesizerSizes
from voicepack.export.tracing import export_graph, module_computation
from voicepack.export.vocoder import vocoder_spec
from voicepack.quantize.graphs.graph import Computation, GraphSpec, Tensors, check_graph
from voicepack.runtime.contract import LatentTensor, SpeakerTensor, VocoderTensor
from voicepack.targets.session import Array

LATENT_LENGTHS = ((25, 9, 57), (1, 1, 1), (2, 3, 4), (3, 1, 5), (60, 31, 120), (101, 40, 163))
"""Tokens, phones, frames. The first is traced; then the shortest, one shorter than the attention's
window, odd ones, speed 1, and a long one."""
VOCODER_LENGTHS = (50, 1, 7, 121)
"""Frames. The first is traced."""
SPEAKER_LENGTHS = (50, 2, 7, 301)
"""Frames. The first is traced."""
NOISE_SCALE = 0.5
"""Upstream's default."""


@dataclass(frozen=True)
class TracedGraph:
    """A graph, and the means to check what becomes of it."""

    model: onnx.ModelProto
    spec: GraphSpec
    reference: Computation
    examples: tuple[Tensors, ...]

    def check(self, path: Path, tolerance: float) -> float:
        """Compare the graph saved at `path` with the torch module; see `check_graph`."""
        return check_graph(path, self.spec, self.reference, self.examples, tolerance)


def trace_latent(synthesizer: Synthesizer) -> TracedGraph:
    """Write text encoder and flow as a graph."""
    sizes = synthesizer.sizes
    examples = tuple(_latent_example(sizes, *lengths) for lengths in LATENT_LENGTHS)
    spec = latent_spec(sizes.flow.latent_channels, sizes.flow.embedding_channels)
    return _trace(synthesizer.latent, spec, examples)


def trace_vocoder(synthesizer: Synthesizer) -> TracedGraph:
    """Write the vocoder as a graph."""
    sizes = synthesizer.sizes
    examples = tuple(_vocoder_example(sizes, frames) for frames in VOCODER_LENGTHS)
    spec = vocoder_spec(sizes.vocoder.latent_channels, sizes.vocoder.embedding_channels)
    return _trace(synthesizer.vocoder, spec, examples)


def trace_speaker(encoder: StyleEncoder, num_frequencies: int) -> TracedGraph:
    """Write the reference encoder as a graph.

    Args:
        encoder: The synthesizer's.
        num_frequencies: Rows of the spectrogram that the host makes.
    """
    examples = tuple(_speaker_example(num_frequencies, frames) for frames in SPEAKER_LENGTHS)
    spec = speaker_spec(num_frequencies, encoder.embedding.out_features)
    return _trace(encoder, spec, examples)


def _trace(module: nn.Module, spec: GraphSpec, examples: tuple[Tensors, ...]) -> TracedGraph:
    traced = {name: torch.from_numpy(array) for name, array in examples[0].items()}
    model = export_graph(module, spec, traced)
    return TracedGraph(model, spec, module_computation(module, spec), examples)


def _latent_example(
    sizes: SynthesizerSizes, num_tokens: int, num_phones: int, num_frames: int
) -> dict[str, Array]:
    random = np.random.default_rng(num_frames)
    noise = random.standard_normal((1, sizes.flow.latent_channels, num_frames), np.float32)
    embedding = random.standard_normal((1, sizes.flow.embedding_channels, 1), np.float32)
    return {
        LatentTensor.TOKENS: random.integers(sizes.text_encoder.num_tokens, size=num_tokens),
        LatentTensor.PHONES: random.integers(sizes.text_encoder.num_phones, size=num_phones),
        LatentTensor.EMBEDDING: embedding,
        LatentTensor.NOISE: noise * np.float32(NOISE_SCALE),
    }


def _vocoder_example(sizes: SynthesizerSizes, num_frames: int) -> dict[str, Array]:
    random = np.random.default_rng(num_frames)
    latent = (1, sizes.vocoder.latent_channels, num_frames)
    embedding = (1, sizes.vocoder.embedding_channels, 1)
    return {
        VocoderTensor.LATENT: random.standard_normal(latent, np.float32),
        VocoderTensor.EMBEDDING: random.standard_normal(embedding, np.float32),
    }


def _speaker_example(num_frequencies: int, num_frames: int) -> dict[str, Array]:
    random = np.random.default_rng(num_frames)
    return {SpeakerTensor.SPECTROGRAM: random.random((1, num_frequencies, num_frames), np.float32)}
