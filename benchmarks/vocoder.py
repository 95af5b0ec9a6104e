"""The vocoder, exact and quantized, against a plain Conv1d export of the same weights.

    python -m benchmarks.vocoder

All graphs are loaded in one process, with one thread, and run in turn, so that a machine that
changes its speed changes it for all. Times are processor time: what other processes take does not
count. Limit: 20.3 billion multiplications for a second of speech.

Latents come from the voice's own latent graph, for random tokens. Those that quantization is judged
by are not among those it was calibrated on.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median

import numpy as np
import onnx
import torch

from benchmarks.full_size import CACHE, full_size_voice
from benchmarks.plain_vocoder import PlainVocoder
from voicepack.export.checkpoint import open_sovits
from voicepack.export.synthesizer import Synthesizer, build_synthesizer
from voicepack.export.synthesizer_graphs import trace_latent, trace_vocoder
from voicepack.export.tracing import export_graph
from voicepack.quantize.graphs.fast_fir import speed_up_convolutions
from voicepack.quantize.graphs.graph import save_graph, weights_path
from voicepack.quantize.metrics.mel import log_mel_l1
from voicepack.quantize.metrics.waveform import snr_db
from voicepack.quantize.recipe_file import find_recipe
from voicepack.quantize.vocoder import quantize_vocoder
from voicepack.runtime.contract import FRAMES_PER_TOKEN, LatentTensor, VocoderTensor
from voicepack.runtime.phones import FloatArray
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import Arithmetic, Array, EngineOptions, Session

NUM_TOKENS = 50
"""Two seconds of speech."""
NUM_CALIBRATION = 4
SAMPLE_RATE = 32_000
REPETITIONS = 7
RECIPES = ("fp16", "int8", "int8-fast")
OPENVINO = {
    "blocked": Arithmetic.EXACT,
    "fp16": Arithmetic.HALF,
    "int8": Arithmetic.INTEGER,
    "int8-fast": Arithmetic.INTEGER,
}
"""Model -> how OpenVINO computes it."""


@dataclass(frozen=True)
class Contender:
    """A vocoder on disk, loaded."""

    name: str
    session: Session
    megabytes: float


def main() -> None:
    """Print a line for each vocoder."""
    synthesizer = build_synthesizer(open_sovits(full_size_voice().sovits))
    *calibration, unseen = speech(synthesizer, NUM_CALIBRATION + 1)
    times: dict[str, list[float]] = {}
    audio: dict[str, FloatArray] = {}
    contenders = make_contenders(synthesizer, calibration)
    for _ in range(1 + REPETITIONS):
        for each in contenders:
            start = time.process_time()
            audio[each.name] = each.session.run(unseen)[VocoderTensor.AUDIO][0, 0]
            times.setdefault(each.name, []).append(time.process_time() - start)
    exact = audio["plain"]
    base = median(times["plain"][1:])
    for each in contenders:
        mine, found = median(times[each.name][1:]), audio[each.name]
        print(
            f"{each.name:<21}real-time factor {mine * SAMPLE_RATE / exact.size:.3f}  "
            f"ratio {mine / base:.2f}  SNR {snr_db(exact, found):5.1f} dB  "
            f"log-mel L1 {log_mel_l1(exact, found, SAMPLE_RATE):.4f}  {each.megabytes:.1f} MB"
        )


def speech(synthesizer: Synthesizer, count: int) -> list[dict[str, Array]]:
    """Make inputs of the vocoder."""
    graph = trace_latent(synthesizer)
    session = load("latent", graph.model).session
    embedding = graph.examples[0][LatentTensor.EMBEDDING]
    channels = graph.examples[0][LatentTensor.NOISE].shape[1]
    made = []
    for seed in range(count):
        random = np.random.default_rng(seed)
        noise = random.standard_normal((1, channels, FRAMES_PER_TOKEN * NUM_TOKENS), np.float32)
        inputs = {
            LatentTensor.TOKENS: random.integers(1024, size=NUM_TOKENS),
            LatentTensor.PHONES: random.integers(700, size=NUM_TOKENS // 2),
            LatentTensor.EMBEDDING: embedding,
            LatentTensor.NOISE: noise / 2,
        }
        latent = session.run(inputs)[LatentTensor.LATENT]
        made.append({VocoderTensor.LATENT: latent, VocoderTensor.EMBEDDING: embedding})
    return made


def make_contenders(
    synthesizer: Synthesizer, calibration: list[dict[str, Array]]
) -> list[Contender]:
    """Export, quantize and load them all."""
    traced = trace_vocoder(synthesizer)
    example = {name: torch.from_numpy(array) for name, array in traced.examples[0].items()}
    plain = export_graph(PlainVocoder(synthesizer.vocoder).eval(), traced.spec, example)
    fast = speed_up_convolutions(traced.model)
    models = {"plain": plain, "blocked": traced.model, "fast": fast}
    for name in RECIPES:
        models[name] = quantize_vocoder(traced.model, find_recipe(name).vocoder, calibration)
    contenders = [load(name, model) for name, model in models.items()]
    if find_spec("openvino"):
        contenders += [
            load(name, models[name], "openvino-cpu", arithmetic)
            for name, arithmetic in OPENVINO.items()
        ]
    return contenders


def load(
    name: str,
    model: onnx.ModelProto,
    target: str = "cpu-portable",
    arithmetic: Arithmetic = Arithmetic.EXACT,
) -> Contender:
    """Write a graph to disk and open it as the runtime does."""
    path = CACHE / name / "graph.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    save_graph(model, path)
    size = path.stat().st_size + weights_path(path).stat().st_size
    options = EngineOptions(threads=1, role="vocoder", arithmetic=arithmetic)
    session = engine_of(find_profile(target)).open(path, options)
    shown = name if target == "cpu-portable" else f"{name}, OpenVINO"
    return Contender(shown, session, size / 1e6)


if __name__ == "__main__":
    main()
