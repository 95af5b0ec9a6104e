"""Decode step and prefill of text2semantic against a naive concatenating export.

    python -m benchmarks.text2semantic

All graphs are loaded in one process, with one thread, and take their steps in turn, so that a
machine that changes its speed changes it for all. Limit: a step reads every weight once, so no step
can be faster than its weights' bytes divided by the memory bandwidth, which is measured as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np

from benchmarks.full_size import CACHE, full_size_voice
from benchmarks.naive_attention import NaiveAttention
from voicepack.export.checkpoint import open_gpt
from voicepack.export.text2semantic import Text2Semantic, build_text2semantic
from voicepack.export.text2semantic_graph import build_graph, text2semantic_graph
from voicepack.quantize.graph import save_graph
from voicepack.runtime.contract import Text2SemanticTensor as Tensors
from voicepack.runtime.kv_cache import Decoder, make_decoder, prefill_bias
from voicepack.runtime.manifest import Text2SemanticShape
from voicepack.runtime.phones import FloatArray
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import EngineOptions, Session

PREFILL = 250
NUM_TEXT = 100
CONTEXTS = (300, 600)
WINDOW = 15
"""Steps before and after a context that its median is taken over."""
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
        empty = np.zeros((1, 0, width), np.float32)
        self._past = {name: empty for pair in self._names() for name, _ in pair}
        return self._run(hidden, prefill_bias(num_text, len(hidden)))

    def step(self, hidden: FloatArray) -> FloatArray:
        """Add one token; see `Decoder.step`."""
        length = self._past[Tensors.past_key(0)].shape[1] + 1
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
    decoders = load_decoders(net)
    size = (max(CONTEXTS) + WINDOW, net.sizes.width)
    rows = np.random.default_rng(0).standard_normal(size, np.float32)
    prefills, steps = measure(decoders, rows)
    bandwidth = memory_bandwidth()
    weights = sum(array.numel() for name, array in net.state_dict().items() if "blocks" in name) * 4
    print(f"one thread, prefill {PREFILL} positions; milliseconds, ratio to naive")
    print(f"{'':<15}{'prefill':>16}" + "".join(f"{f'context {c}':>18}" for c in CONTEXTS))
    for name in decoders:
        cells = [(prefills[name], prefills["naive"])]
        cells += [(steps[name][c], steps["naive"][c]) for c in CONTEXTS]
        text = "".join(f"{mine * 1e3:>11.2f} ({mine / base:.2f})" for mine, base in cells)
        print(f"{name:<15}{text}")
    print(
        f"limit: {weights / 2**20:.0f} MiB of weights at {bandwidth / 1e9:.1f} GB/s "
        f"= {weights / bandwidth * 1e3:.1f} ms a step"
    )


def load_decoders(net: Text2Semantic) -> dict[str, Decoder]:
    """Build, save and load every graph."""
    sizes = net.sizes
    shape = Text2SemanticShape(sizes.num_layers, sizes.num_heads, sizes.head_size, sizes.vocabulary)
    decoders: dict[str, Decoder] = {}
    path = CACHE / "naive" / "text2semantic.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    save_graph(build_graph(net, NaiveAttention), path)
    session = engine_of(find_profile("cpu-portable")).open(path, ONE_THREAD)
    decoders["naive"] = NaiveDecoder(session, shape)
    for target in ("cpu", "cpu-portable"):
        profile = find_profile(target)
        path = CACHE / profile.kv_cache.value / "text2semantic.onnx"
        path.parent.mkdir(parents=True, exist_ok=True)
        save_graph(text2semantic_graph(net, profile.kv_cache), path)
        session = engine_of(profile).open(path, ONE_THREAD)
        decoders[profile.kv_cache.value] = make_decoder(profile.kv_cache, session, shape)
    return decoders


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
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
