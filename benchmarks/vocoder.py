"""The vocoder graph against a plain Conv1d export of the same weights.

    python -m benchmarks.vocoder

Both graphs are loaded in one process, with one thread, and run in turn. Limit: 20.3 billion
multiplications for a second of speech.
"""

from __future__ import annotations

import time
from statistics import median

import numpy as np
import torch

from benchmarks.full_size import CACHE, full_size_voice
from benchmarks.plain_vocoder import PlainVocoder
from voicepack.export.checkpoint import open_sovits
from voicepack.export.synthesizer import build_synthesizer
from voicepack.export.synthesizer_graphs import trace_vocoder
from voicepack.export.tracing import export_graph
from voicepack.quantize.graph import save_graph
from voicepack.runtime.contract import VocoderTensor
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import EngineOptions, Session

SECONDS = 4
FRAME_RATE = 50
REPETITIONS = 7


def main() -> None:
    """Print real-time factors and their ratio."""
    sessions = load()
    sizes = np.random.default_rng(0)
    channels, embedding = 192, 512
    inputs = {
        VocoderTensor.LATENT: sizes.standard_normal(
            (1, channels, SECONDS * FRAME_RATE), np.float32
        ),
        VocoderTensor.EMBEDDING: sizes.standard_normal((1, embedding, 1), np.float32),
    }
    times: dict[str, list[float]] = {name: [] for name in sessions}
    audio = {}
    for _ in range(1 + REPETITIONS):
        for name, session in sessions.items():
            start = time.perf_counter()
            audio[name] = session.run(inputs)[VocoderTensor.AUDIO]
            times[name].append(time.perf_counter() - start)
    base = median(times["plain"][1:])
    noise = audio["blocked"] - audio["plain"]
    snr = 10 * np.log10(np.square(audio["plain"]).sum() / np.square(noise).sum())
    for name, runs in times.items():
        mine = median(runs[1:])
        print(f"{name:<10}real-time factor {mine / SECONDS:.3f}  ratio {mine / base:.2f}")
    print(f"SNR between the two: {snr:.0f} dB")


def load() -> dict[str, Session]:
    """Export and load both graphs."""
    synthesizer = build_synthesizer(open_sovits(full_size_voice().sovits))
    traced = trace_vocoder(synthesizer)
    example = {name: _tensor(array) for name, array in traced.examples[0].items()}
    plain = export_graph(PlainVocoder(synthesizer.vocoder).eval(), traced.spec, example)
    sessions = {}
    for name, model in (("plain", plain), ("blocked", traced.model)):
        path = CACHE / name / "vocoder.onnx"
        path.parent.mkdir(parents=True, exist_ok=True)
        save_graph(model, path)
        engine = engine_of(find_profile("cpu-portable"))
        sessions[name] = engine.open(path, EngineOptions(threads=1))
    return sessions


def _tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(array)


if __name__ == "__main__":
    main()
