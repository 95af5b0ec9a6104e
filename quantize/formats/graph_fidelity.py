"""Proves that a quantized graph still computes what its full-precision twin does, roughly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from voicepack.quantize.calibration.calibration_set import SpokenSentence
from voicepack.quantize.errors import QualityError
from voicepack.quantize.graphs.graph import relative_error
from voicepack.runtime.arithmetic import options_of
from voicepack.runtime.contract import GraphRole, LatentTensor, VocoderTensor
from voicepack.runtime.kv_cache import Decoder
from voicepack.runtime.loading import open_decoder
from voicepack.runtime.manifest import GraphEntry, Manifest
from voicepack.runtime.phones import FloatArray
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import EngineOptions, Session

MAX_ERROR = 0.5
"""Relative: 6 dB. Rounding to 4 bits without calibration leaves 7 dB; a graph that computes
something else has an error of 1 or more. How good a pack sounds is for `voicepack check`."""
NUM_STEPS = 32
"""Decode steps of text2semantic that are compared, behind the prefill."""


def fidelity_error(
    manifest: Manifest,
    graphs: Sequence[GraphEntry],
    folder: Path,
    full_entry: GraphEntry,
    full_folder: Path,
    spoken: SpokenSentence,
) -> float:
    """Return the relative error of a quantized graph on one sentence.

    Args:
        manifest: Of the full-precision pack: target and dimensions are those of both.
        graphs: The quantized graph, and behind text2semantic what starts sentences, where that is a
            graph of its own.
        folder: Where their files are.
        full_entry: The same graph in full precision.
        full_folder: The pack it belongs to.
        spoken: What both are run on.

    Returns:
        See `graph.relative_error`.

    Raises:
        QualityError: The error is above `MAX_ERROR`, or the outputs are not finite.
        TargetError: The engine refuses the graph.
    """
    expected = run_graph(manifest, [full_entry], full_folder, spoken)
    found = run_graph(manifest, graphs, folder, spoken)
    error = relative_error(found, expected)
    if not error <= MAX_ERROR:
        raise QualityError(
            f"The quantized {full_entry.role.value} graph does not compute what the "
            f"full-precision one does: its relative error is {error:.2g}, allowed is {MAX_ERROR}. "
            "Choose formats with more bits, or give more calibration sentences."
        )
    return error


def run_graph(
    manifest: Manifest, graphs: Sequence[GraphEntry], folder: Path, spoken: SpokenSentence
) -> FloatArray:
    """Run one graph of a pack on a sentence.

    Returns:
        float32: logits, (1 + steps, vocabulary); or a latent; or audio.
    """
    engine = engine_of(find_profile(manifest.target))

    def open_graph(graph: GraphEntry) -> Session:
        return engine.open(folder / graph.file, options_of(graph, EngineOptions(threads=1)))

    if graphs[0].role is GraphRole.TEXT2SEMANTIC:
        decoder = open_decoder(graphs, manifest.text2semantic, folder, open_graph)
        return _logits(decoder, spoken)
    embedding = spoken.embedding[None, :, None]
    session = open_graph(graphs[0])
    if graphs[0].role is GraphRole.LATENT:
        inputs = {
            LatentTensor.TOKENS: spoken.tokens,
            LatentTensor.PHONES: spoken.phones,
            LatentTensor.EMBEDDING: embedding,
            LatentTensor.NOISE: spoken.noise,
        }
        return np.asarray(session.run(inputs)[LatentTensor.LATENT])
    inputs = {VocoderTensor.LATENT: spoken.latent, VocoderTensor.EMBEDDING: embedding}
    return np.asarray(session.run(inputs)[VocoderTensor.AUDIO])


def _logits(decoder: Decoder, spoken: SpokenSentence) -> FloatArray:
    """Read the sentence as the runtime does: text and prompt at once, then token by token."""
    start = len(spoken.hidden) - len(spoken.tokens)
    logits = [decoder.prefill(spoken.hidden[:start], spoken.num_text)]
    logits += [decoder.step(row) for row in spoken.hidden[start : start + NUM_STEPS]]
    return np.stack(logits)
