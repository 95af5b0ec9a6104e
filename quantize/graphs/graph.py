"""Graphs on disk: what a graph promises, how it is saved, and the proof that it keeps its promise.

Nothing here needs torch, so that graphs built by hand are saved and checked alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

from voicepack.quantize.errors import GraphError
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.manifest import TensorSpec
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import Array, EngineOptions

Tensors = Mapping[str, Array]
Computation = Callable[[Tensors], Tensors]
"""Inputs by name -> outputs by name."""

EXTERNAL_BYTES = 1024
"""Initializers of this size and more go to the data file."""
ALIGNMENT = 64
"""Bytes. Engines map the data file and read it in place with vectors as wide as a cache line."""
CHECK_TARGET = "cpu-portable"
"""Graphs of standard operators run there whatever they are compiled for."""


@dataclass(frozen=True)
class GraphSpec:
    """What a graph of the pack takes and returns."""

    role: GraphRole
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]


def weights_path(path: Path) -> Path:
    """Return where the weights of the graph at `path` lie: beside it, as `<stem>.data`."""
    return path.with_suffix(".data")


def save_graph(model: onnx.ModelProto, path: Path) -> None:
    """Write a graph and, beside it, one file with its large initializers.

    The same model gives the same bytes. Documentation strings and exporter metadata are left out:
    they name files of the machine that made the graph. An older pair of files is replaced.

    Args:
        model: Stays as it is. Its initializers hold their data.
        path: The `.onnx` file to write.
    """
    saved = _without_provenance(model)
    with weights_path(path).open("wb") as weights:
        for initializer in saved.graph.initializer:
            data = _content(initializer)
            if len(data) < EXTERNAL_BYTES:
                continue
            weights.write(bytes(-weights.tell() % ALIGNMENT))
            _point_outside(initializer, weights_path(path).name, weights.tell(), len(data))
            weights.write(data)
    path.write_bytes(saved.SerializeToString(deterministic=True))


def save_without_weights(model: onnx.ModelProto, path: Path) -> None:
    """Write a graph whose weights are inputs; as `save_graph`, but for the second file."""
    path.write_bytes(_without_provenance(model).SerializeToString(deterministic=True))


def load_graph(path: Path) -> onnx.ModelProto:
    """Read a graph with all of its weights: the inverse of `save_graph`.

    Not `onnx.load`, which refuses weights that a file system stores once for two packs.

    Args:
        path: The `.onnx` file of a pack that was verified, its weights beside it.
    """
    model = onnx.load(path, load_external_data=False)
    for initializer in model.graph.initializer:
        if initializer.data_location == onnx.TensorProto.EXTERNAL:
            place = {entry.key: entry.value for entry in initializer.external_data}
            with (path.parent / place["location"]).open("rb") as weights:
                weights.seek(int(place["offset"]))
                initializer.raw_data = weights.read(int(place["length"]))
            initializer.data_location = onnx.TensorProto.DEFAULT
            initializer.ClearField("external_data")
    return model


def _without_provenance(model: onnx.ModelProto) -> onnx.ModelProto:
    saved = onnx.ModelProto()
    saved.CopyFrom(model)
    saved.producer_name, saved.producer_version, saved.doc_string = "voicepack", "", ""
    graph = saved.graph
    for value in (saved, graph, *graph.node, *graph.initializer, *graph.input, *graph.output):
        value.ClearField("doc_string")
        value.ClearField("metadata_props")
    graph.ClearField("value_info")
    saved.ir_version = onnx.helper.find_min_ir_version_for(saved.opset_import, ignore_unknown=True)
    return saved


def _content(initializer: onnx.TensorProto) -> bytes:
    """Return an initializer's numbers as a data file holds them: those of 4 bits in pairs."""
    return initializer.raw_data or onnx.numpy_helper.to_array(initializer).tobytes()


def _point_outside(initializer: onnx.TensorProto, file: str, offset: int, length: int) -> None:
    values = onnx.TensorProto(
        name=initializer.name, data_type=initializer.data_type, dims=initializer.dims
    )
    values.data_location = onnx.TensorProto.EXTERNAL
    for key, value in (("location", file), ("offset", str(offset)), ("length", str(length))):
        values.external_data.add(key=key, value=value)
    initializer.CopyFrom(values)


def check_graph(
    path: Path,
    spec: GraphSpec,
    reference: Computation,
    examples: Iterable[Tensors],
    tolerance: float,
) -> float:
    """Return how far the saved graph is from what it should compute, at worst.

    Args:
        path: The `.onnx` file, with its weights beside it.
        spec: Inputs and outputs the graph must have: the same names, dtypes and shapes.
        reference: Computes the right outputs, such as the torch module behind the graph.
        examples: Inputs to compare on; should hold lengths that were not traced.
        tolerance: Largest relative error allowed, see `relative_error`. 1e-4 is 80 dB.

    Raises:
        GraphError: Another interface, outputs of another shape, or an error above `tolerance`.
        TargetError: The engine refuses the graph.
    """
    check_interface(path, spec)
    session = engine_of(find_profile(CHECK_TARGET)).open(path, EngineOptions(threads=1))
    worst = 0.0
    for example in examples:
        found, expected = session.run(example), reference(example)
        for name in (tensor.name for tensor in spec.outputs):
            error = relative_error(found[name], expected[name])
            if not error <= tolerance:
                raise GraphError(_mismatch(path, name, example, error, tolerance))
            worst = max(worst, error)
    return worst


def check_interface(path: Path, spec: GraphSpec) -> None:
    """Compare the inputs and outputs a graph declares with those it should have.

    Raises:
        GraphError: Names every tensor that is missing, unknown or of another dtype or shape.
    """
    graph = onnx.load(path, load_external_data=False).graph
    faults = [
        *_interface_faults("input", graph.input, spec.inputs),
        *_interface_faults("output", graph.output, spec.outputs),
    ]
    if faults:
        raise GraphError(
            f"{path}: not the {spec.role.value} graph the runtime expects: {'; '.join(faults)}. "
            "This is a fault of the exporter: please report it."
        )


def _interface_faults(
    kind: str, values: Iterable[onnx.ValueInfoProto], specs: Iterable[TensorSpec]
) -> list[str]:
    found = {value.name: tensor_spec(value) for value in values}
    expected = {spec.name: spec for spec in specs}
    return [
        f"{kind} {name}: found {found.get(name, 'none')}, expected {expected.get(name, 'none')}"
        for name in sorted(found.keys() | expected.keys())
        if found.get(name) != expected.get(name)
    ]


def tensor_spec(value: onnx.ValueInfoProto) -> TensorSpec:
    """Read name, dtype and shape of an input or output; a dynamic size is given by its name."""
    tensor = value.type.tensor_type
    dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)
    shape = tuple(size.dim_param or size.dim_value for size in tensor.shape.dim)
    return TensorSpec(value.name, str(dtype), shape)


def value_info(spec: TensorSpec) -> onnx.ValueInfoProto:
    """Write a spec as ONNX does: the inverse of `tensor_spec`."""
    dtype = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(spec.dtype))
    return onnx.helper.make_tensor_value_info(spec.name, dtype, spec.shape)


def relative_error(found: Array, expected: Array) -> float:
    """Return the size of the difference over the size of what was expected, as Euclidean norms.

    Returns:
        20 * log10 of it is minus the signal-to-noise ratio in dB. Infinity where shapes differ; NaN
        or infinity where a value is not finite.
    """
    if found.shape != expected.shape:
        return float("inf")
    size = float(np.linalg.norm(expected.astype(np.float64)))
    with np.errstate(invalid="ignore"):
        difference = float(np.linalg.norm(found.astype(np.float64) - expected.astype(np.float64)))
    if difference == 0:
        return 0.0
    return difference / size if size else float("inf")


def _mismatch(path: Path, name: str, example: Tensors, error: float, tolerance: float) -> str:
    sizes = ", ".join(f"{key} {array.shape}" for key, array in example.items())
    return (
        f"{path}: output {name} differs from its reference by {error:.2e}, allowed {tolerance:.2e} "
        f"(inputs {sizes}). This is a fault of the exporter or of the engine: report it with the "
        "versions of torch and onnxruntime."
    )
