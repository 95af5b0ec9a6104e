"""Reads weights of an ONNX graph where they lie, without the onnx package."""

from __future__ import annotations

import math
import mmap
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import TensorSpec
from voicepack.runtime.protocol_buffers import fields
from voicepack.targets.session import Array

NUMBERS = {"float32": 4, "float16": 2, "int8": 1, "uint8": 1}
"""What weights may consist of, and the bytes of each."""
_GRAPH, _INITIALIZER = 7, 5
_NAME, _RAW_DATA, _EXTERNAL_DATA = 8, 9, 13
_KEY, _VALUE = 1, 2
"""Numbers of fields. Source: `onnx.proto3`."""


class MappedWeights:
    """The initializers of a graph: large ones in a mapped file, small ones in the graph itself.

    Args:
        graph: The `.onnx` file of a pack that was verified.
        weights: The file of the large ones.

    Raises:
        PackError: The graph is none.
    """

    def __init__(self, graph: Path, weights: Path) -> None:
        self._graph = graph
        self._mapping = _map(weights)
        try:
            self._places = dict(_places(memoryview(graph.read_bytes()), self._mapping))
        except ValueError as error:
            raise PackError(f"{graph}: not an ONNX graph ({error}). Get the pack again.") from error

    def array(self, name: str, spec: TensorSpec) -> Array:
        """Look at a weight where it lies; nothing is read yet.

        Args:
            name: In the graph.
            spec: Dtype and shape to see it in.

        Raises:
            PackError: There is no such weight, or it has another size.
        """
        found = self._places.get(name, memoryview(b""))
        shape = [max(size, 0) if isinstance(size, int) else 0 for size in spec.shape]
        bytes_of_each = NUMBERS.get(spec.dtype, 0)
        if len(found) != math.prod(shape) * bytes_of_each or not found:
            raise PackError(
                f"{self._graph}: weight {name} has {len(found)} bytes, expected {spec.dtype} in "
                f"the shape {tuple(spec.shape)}. Export the voice again."
            )
        return np.frombuffer(found, spec.dtype).reshape(shape)

    def give_back(self) -> None:
        """Let the system take the memory of what was read; it is read again when needed."""
        if isinstance(self._mapping.obj, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self._mapping.obj.madvise(mmap.MADV_DONTNEED)


def _map(file: Path) -> memoryview:
    """Map a file; an empty one cannot be."""
    with file.open("rb") as opened:
        if not file.stat().st_size:
            return memoryview(b"")
        return memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))


def _places(graph: memoryview, weights: memoryview) -> Iterator[tuple[str, memoryview]]:
    """Find the numbers of each initializer of a model, by name."""
    for number, start, end in fields(graph, 0, len(graph)):
        if number == _GRAPH:
            for inner, tensor_start, tensor_end in fields(graph, start, end):
                if inner == _INITIALIZER:
                    yield _place(graph[tensor_start:tensor_end], weights)


def _place(tensor: memoryview, weights: memoryview) -> tuple[str, memoryview]:
    """Find name and numbers of a tensor."""
    name, data, external = "", memoryview(b""), {}
    for number, start, end in fields(tensor, 0, len(tensor)):
        if number == _NAME:
            name = bytes(tensor[start:end]).decode()
        elif number == _RAW_DATA:
            data = tensor[start:end]
        elif number == _EXTERNAL_DATA:
            entry = {key: bytes(tensor[a:b]).decode() for key, a, b in fields(tensor, start, end)}
            external[entry.get(_KEY)] = entry.get(_VALUE, "")
    if external:
        offset, length = int(external.get("offset", 0)), int(external.get("length", 0))
        data = weights[offset : offset + length] if min(offset, length) >= 0 else data
    return name, data
