"""Records what text2semantic computes on calibration sentences, in memory that does not grow."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import count, takewhile
from pathlib import Path

import numpy as np
import onnx

from voicepack.quantize.graphs.convolved_products import multiply_again
from voicepack.quantize.graphs.every_position import for_every_position
from voicepack.quantize.graphs.flavour import flavour_of
from voicepack.quantize.graphs.graph import Tensors as Arrays
from voicepack.quantize.graphs.graph import save_graph, tensor_spec
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.graphs.kv_cache_format import CacheRange
from voicepack.quantize.graphs.linear import find_linear
from voicepack.runtime.contract import Text2SemanticTensor as Tensors
from voicepack.runtime.kv_cache import HIDDEN_KEY, prefill_bias
from voicepack.runtime.manifest import TensorSpec
from voicepack.runtime.phones import FloatArray
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.profile import KvCache
from voicepack.targets.session import Array, EngineOptions

TARGETS = {
    KvCache.SHARED_BUFFER: "cpu",
    KvCache.PORTABLE: "cpu-portable",
    KvCache.STATEFUL: "openvino-cpu",
    KvCache.ON_DEVICE: "cpu-portable",
}
"""Flavour -> a target whose engine runs it on the machine that compiles."""


@dataclass(frozen=True)
class CalibrationSequence:
    """A sentence as text2semantic reads it: phones, prompt, and the tokens that were spoken."""

    hidden: FloatArray
    """float32, (num_positions, width): embedded, positions added."""
    num_text: int
    """How many of the positions are phones."""


@dataclass(frozen=True)
class Activations:
    """What was seen; its size depends on the model alone."""

    second_moments: dict[str, FloatArray] = field(default_factory=dict)
    """Weight -> float32, (inputs, inputs): sum of x x' over all positions."""
    cache_ranges: dict[int, CacheRange] = field(default_factory=dict)
    """Layer -> largest magnitudes of keys and values."""


def record_activations(
    model: onnx.ModelProto, sequences: Iterable[CalibrationSequence], weights: Collection[str]
) -> Activations:
    """Run every sequence through the graph, all its positions at once, and accumulate.

    Args:
        model: text2semantic in float32, any flavour.
        sequences: Read once, one at a time.
        weights: Matrices whose inputs' second moments are wanted. Those of a full-size voice
            take 0.5 GB.

    Raises:
        TargetError: The engine of the graph's flavour is missing or too old.
    """
    model = for_every_position(multiply_again(model))
    sources = _sources(model, weights)
    specs = {value.name: tensor_spec(value) for value in model.graph.input}
    recorded = {*sources.values(), *_qkv_names(model)} - specs.keys()
    flavour = flavour_of(model)
    found = Activations()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text2semantic.onnx"
        save_graph(_returning(model, recorded), path)
        session = engine_of(find_profile(TARGETS[flavour])).open(path, EngineOptions(threads=1))
        for sequence in sequences:
            inputs = _inputs(flavour, specs, sequence)
            seen = {**inputs, **session.run(inputs)}
            _add_second_moments(found.second_moments, sources, seen)
            _widen_ranges(found.cache_ranges, model, seen, specs[Tensors.past_value(0)])
    return found


def _sources(model: onnx.ModelProto, weights: Collection[str]) -> dict[str, str]:
    """Name the tensor that each weight multiplies."""
    return {
        linear.weight: linear.source
        for linear in find_linear(GraphEditor(model))
        if linear.weight in weights
    }


def _qkv_names(model: onnx.ModelProto) -> list[str]:
    """Name the joined queries, keys and values, layer by layer, as the exporter does."""
    inputs = {value.name for value in model.graph.input}
    layers = takewhile(lambda layer: Tensors.past_key(layer) in inputs, count())
    return [f"blocks.{layer}.qkv" for layer in layers]


def _returning(model: onnx.ModelProto, names: Iterable[str]) -> onnx.ModelProto:
    """Return the graph with other outputs."""
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    changed.graph.ClearField("output")
    for name in sorted(names):
        changed.graph.output.append(
            onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
        )
    return changed


def _inputs(
    flavour: KvCache, specs: dict[str, TensorSpec], sequence: CalibrationSequence
) -> dict[str, Array]:
    """Feed all positions of a sentence with nothing cached."""
    length = len(sequence.hidden)
    bias = prefill_bias(sequence.num_text, length)
    inputs: dict[str, Array] = {Tensors.HIDDEN: sequence.hidden[None]}
    capacity = length
    if flavour is KvCache.SHARED_BUFFER:
        inputs[Tensors.TOTAL_LENGTH] = np.array(length, np.int32)
        inputs[Tensors.LAST_POSITION] = np.array([length - 1], np.int32)
    elif flavour is KvCache.PORTABLE:
        capacity = 1
        bias = np.pad(bias, ((0, 0), (capacity, 0)), constant_values=HIDDEN_KEY)
    else:
        capacity = 0
    inputs[Tensors.BIAS] = bias[None, None]
    for name in specs.keys() - inputs.keys():
        shape = [size if isinstance(size, int) else capacity for size in specs[name].shape]
        inputs[name] = np.zeros(shape, np.float32)
    return inputs


def _add_second_moments(
    moments: dict[str, FloatArray], sources: dict[str, str], seen: Arrays
) -> None:
    for weight, source in sources.items():
        rows = seen[source].reshape(-1, seen[source].shape[-1])
        moments[weight] = moments.get(weight, np.float32(0)) + rows.T @ rows


def _widen_ranges(
    ranges: dict[int, CacheRange], model: onnx.ModelProto, seen: Arrays, cache: TensorSpec
) -> None:
    heads, size = cache.shape[1], cache.shape[3]
    for layer, name in enumerate(_qkv_names(model)):
        _, keys, values = np.abs(seen[name]).reshape(-1, 3, int(heads), int(size)).max(axis=0)
        before = ranges.get(layer, CacheRange(keys, values))
        ranges[layer] = CacheRange(np.maximum(before.keys, keys), np.maximum(before.values, values))
