"""Decode step and prefill of text2semantic, exact and quantized, against a naive export.

    python -m benchmarks.text2semantic

All graphs are loaded in one process, with one thread, and take their steps in turn, so that a
machine that changes its speed changes it for all. Times are processor time of this process: what
others take does not count. Limit: a step reads every weight once, so no step can be faster
than its weights' bytes divided by the memory bandwidth, which is measured as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import numpy as np
import onnx

from benchmarks.full_size import CACHE, full_size_voice
from benchmarks.naive_attention import NaiveAttention, NaiveBuilder
from voicepack.export.checkpoint import open_gpt
from voicepack.export.text2semantic import Text2Semantic, build_text2semantic
from voicepack.export.text2semantic_graph import OPSET, build_graph, text2semantic_graph
from voicepack.quantize.calibration.activations import CalibrationSequence
from voicepack.quantize.graphs.convolved_products import convolve_products
from voicepack.quantize.graphs.graph import (
    save_graph,
    save_without_weights,
    tensor_spec,
    weights_path,
)
from voicepack.quantize.graphs.single_positions import for_single_positions
from voicepack.quantize.graphs.start_layer import start_layer
from voicepack.quantize.recipe import CacheFormat, Text2SemanticRecipe, WeightFormat
from voicepack.quantize.text2semantic import quantize_text2semantic
from voicepack.runtime.contract import Text2SemanticTensor as Tensors
from voicepack.runtime.kv_cache import Decoder, make_decoder, prefill_bias
from voicepack.runtime.layered_start import LayeredStart
from voicepack.runtime.manifest import Text2SemanticShape
from voicepack.runtime.onnx_weights import MappedWeights
from voicepack.runtime.phones import FloatArray
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.profile import KvCache
from voicepack.targets.session import Arithmetic, EngineOptions, Session

PREFILL = 250
NUM_TEXT = 100
CONTEXTS = (300, 600)
WINDOW = 15
"""Steps before and after a context that its median is taken over."""
HEAD_8_BITS = {"head.weight": WeightFormat.INT8}
FULL_PRECISION = Text2SemanticRecipe()
RECIPES = {
    "int8": Text2SemanticRecipe(WeightFormat.INT8),
    "int8, cache": Text2SemanticRecipe(WeightFormat.INT8, kv_cache=CacheFormat.INT8),
    "int8-block": Text2SemanticRecipe(WeightFormat.INT8_BLOCK, 256),
    "int8-block, cache": Text2SemanticRecipe(
        WeightFormat.INT8_BLOCK, 256, kv_cache=CacheFormat.INT8
    ),
    "recipe int8": Text2SemanticRecipe(
        WeightFormat.INT8_BLOCK, 256, kv_cache=CacheFormat.INT8, layered_start=True
    ),
    "int4-block, cache": Text2SemanticRecipe(
        WeightFormat.INT4_BLOCK, 64, overrides=HEAD_8_BITS, kv_cache=CacheFormat.INT8
    ),
}
"""Of the shared-buffer graph. Blocks are rounded to nearest: calibration changes no speed."""
OPENVINO_RECIPES = {
    "OpenVINO, int8": Text2SemanticRecipe(WeightFormat.INT8),
    "OpenVINO, int4-block": Text2SemanticRecipe(WeightFormat.INT4_BLOCK, 64, overrides=HEAD_8_BITS),
}
ONE_THREAD = EngineOptions(threads=1)


class NaiveDecoder:
    """Hands whole keys and values to the graph and takes whole ones back."""

    def __init__(self, session: Session, shape: Text2SemanticShape) -> None:
        self._session = session
        self._shape = shape
        self._past: dict[str, FloatArray] = {}

    def prefill(self, hidden: FloatArray, num_text: int) -> FloatArray:
        """Start a sentence; see `Decoder.prefill`."""
        width = self._shape.num_heads * self._shape.head_size
        empty = np.zeros((0, width), np.float32)
        self._past = {name: empty for pair in self._names() for name, _ in pair}
        return self._run(hidden, prefill_bias(num_text, len(hidden)))

    def step(self, hidden: FloatArray) -> FloatArray:
        """Add one token; see `Decoder.step`."""
        length = len(self._past[Tensors.past_key(0)]) + 1
        return self._run(hidden[None], np.zeros((1, length), np.float32))

    def _run(self, hidden: FloatArray, bias: FloatArray) -> FloatArray:
        inputs = {Tensors.HIDDEN: hidden[None], Tensors.BIAS: bias[None, None]}
        outputs = self._session.run(inputs | self._past)
        self._past = {past: outputs[now] for pair in self._names() for past, now in pair}
        logits: FloatArray = outputs[Tensors.LOGITS][0]
        return logits

    def _names(self) -> list[tuple[tuple[str, str], tuple[str, str]]]:
        return [
            (
                (Tensors.past_key(layer), Tensors.present_key(layer)),
                (Tensors.past_value(layer), Tensors.present_value(layer)),
            )
            for layer in range(self._shape.num_layers)
        ]


def main() -> None:
    """Print medians and their ratio to the naive export."""
    net = build_text2semantic(open_gpt(full_size_voice().gpt))
    random = np.random.default_rng(0)
    rows = random.standard_normal((max(CONTEXTS) + WINDOW, net.sizes.width), np.float32)
    candidates = build(net, rows)
    prefills, steps = measure({name: each.decoder for name, each in candidates.items()}, rows)
    bandwidth = memory_bandwidth()
    print(f"one thread, prefill {PREFILL} positions; milliseconds, ratio to naive")
    print(f"{'':<20}{'MB':>5}{'prefill':>15}" + "".join(f"{f'context {c}':>15}" for c in CONTEXTS))
    for name, each in candidates.items():
        cells = [(prefills[name], prefills["naive"])]
        cells += [(steps[name][c], steps["naive"][c]) for c in CONTEXTS]
        text = "".join(f"{mine * 1e3:>8.2f} ({mine / base:.2f})" for mine, base in cells)
        print(f"{name:<20}{each.num_bytes / 1e6:>5.0f}{text}")
    for name in ("naive", "recipe int8"):
        num_bytes = candidates[name].num_bytes
        print(f"limit of {name}: {num_bytes / bandwidth * 1e3:.1f} ms, {bandwidth / 1e9:.1f} GB/s")


@dataclass(frozen=True)
class Candidate:
    """A graph that takes part."""

    decoder: Decoder
    num_bytes: int
    """Of its weights on disk."""


def build(net: Text2Semantic, rows: FloatArray) -> dict[str, Candidate]:
    """Build, quantize, save and load every graph."""
    sizes = net.sizes
    shape = Text2SemanticShape(sizes.num_layers, sizes.num_heads, sizes.head_size, sizes.vocabulary)
    naive = build_graph(net, NaiveAttention, NaiveBuilder("naive", OPSET))
    session, num_bytes = load(naive, "naive", "cpu-portable")
    found = {"naive": Candidate(NaiveDecoder(session, shape), num_bytes)}
    calibration = [CalibrationSequence(rows[:PREFILL], NUM_TEXT)]

    def add(name: str, model: onnx.ModelProto, target: str, recipe: Text2SemanticRecipe) -> None:
        later = for_single_positions(model) if recipe.starts_in_layers else model
        session, num_bytes = load(later, name, target)
        start = load_start(later, name, shape) if recipe.starts_in_layers else None
        dtype = np.int8 if recipe.kv_cache is CacheFormat.INT8 else np.float32
        flavour = find_profile(target).kv_cache
        found[name] = Candidate(make_decoder(flavour, session, shape, dtype, start), num_bytes)

    portable = convolve_products(text2semantic_graph(net, KvCache.PORTABLE))
    add("portable", portable, "cpu-portable", FULL_PRECISION)
    int8 = quantize_text2semantic(portable, RECIPES["int8"], [])
    add("portable, int8", int8, "cpu-portable", RECIPES["int8"])
    shared = convolve_products(text2semantic_graph(net, KvCache.SHARED_BUFFER))
    add("shared buffer", shared, "cpu", FULL_PRECISION)
    for name, recipe in RECIPES.items():
        add(name, quantize_text2semantic(shared, recipe, calibration), "cpu", recipe)
    return found | (build_openvino(net, shape) if find_spec("openvino") else {})


def build_openvino(net: Text2Semantic, shape: Text2SemanticShape) -> dict[str, Candidate]:
    """Build, quantize, save and load the graphs whose state OpenVINO keeps."""
    stateful = text2semantic_graph(net, KvCache.STATEFUL)
    models = {"OpenVINO": stateful}
    models |= {n: quantize_text2semantic(stateful, r, []) for n, r in OPENVINO_RECIPES.items()}
    found = {}
    for name, model in models.items():
        arithmetic = Arithmetic.EXACT if model is stateful else Arithmetic.INTEGER
        options = replace(ONE_THREAD, arithmetic=arithmetic)
        session, num_bytes = load(model, name, "openvino-cpu", options)
        found[name] = Candidate(make_decoder(KvCache.STATEFUL, session, shape), num_bytes)
    return found


def load_start(later: onnx.ModelProto, name: str, shape: Text2SemanticShape) -> LayeredStart:
    """Save and load the graph that starts sentences on the weights of one that was saved."""
    model = start_layer(later, shape)
    path = graph_path(name)
    save_without_weights(model, path.with_stem("start"))
    session = engine_of(find_profile("cpu")).open(path.with_stem("start"), ONE_THREAD)
    inputs = [tensor_spec(value) for value in model.graph.input]
    return LayeredStart(session, inputs, shape.num_layers, MappedWeights(path, weights_path(path)))


def load(
    model: onnx.ModelProto, name: str, target: str, options: EngineOptions = ONE_THREAD
) -> tuple[Session, int]:
    """Save and load a graph; count the bytes of its weights."""
    path = graph_path(name)
    save_graph(model, path)
    session = engine_of(find_profile(target)).open(path, options)
    return session, weights_path(path).stat().st_size


def graph_path(name: str) -> Path:
    """Return where a candidate's graph is saved."""
    folder = CACHE / name.replace(", ", "-").replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "text2semantic.onnx"


def measure(
    decoders: dict[str, Decoder], rows: FloatArray
) -> tuple[dict[str, float], dict[str, dict[int, float]]]:
    """Return seconds of a prefill, and of a step at each context, for every decoder."""
    prefills: dict[str, list[float]] = {name: [] for name in decoders}
    for _ in range(4):
        for name, decoder in decoders.items():
            prefills[name].append(_time(partial(decoder.prefill, rows[:PREFILL], NUM_TEXT)))
    times: dict[str, list[float]] = {name: [0.0] * PREFILL for name in decoders}
    for row in rows[PREFILL:]:
        for name, decoder in decoders.items():
            times[name].append(_time(partial(decoder.step, row)))
    around = {c: slice(c - WINDOW, c + WINDOW) for c in CONTEXTS}
    return (
        {name: median(runs[1:]) for name, runs in prefills.items()},
        {name: {c: median(runs[around[c]]) for c in CONTEXTS} for name, runs in times.items()},
    )


def memory_bandwidth() -> float:
    """Measure how many bytes a second one core reads, with a dot product of 256 MiB."""
    array = np.ones(2**26, np.float32)
    half = len(array) // 2
    return array.nbytes / min(_time(lambda: array[:half] @ array[half:]) for _ in range(5))


def _time(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
