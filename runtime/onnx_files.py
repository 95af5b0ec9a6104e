"""Finds the files that an ONNX graph reads its weights from, without the onnx package.

ONNX Runtime up to 1.23 opens whatever path a graph names, absolute, upwards or through a link, and
even takes one name for an address in memory. So a pack's graphs are looked at before it sees them.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

from voicepack.runtime.protocol_buffers import fields

_MESSAGES: dict[str, dict[int, str]] = {
    "Model": {7: "Graph", 20: "Training", 25: "Function"},
    "Training": {1: "Graph", 2: "Graph"},
    "Graph": {1: "Node", 5: "Tensor", 15: "SparseTensor"},
    "Function": {7: "Node", 11: "Attribute"},
    "Node": {5: "Attribute"},
    "Attribute": {
        5: "Tensor",
        6: "Graph",
        10: "Tensor",
        11: "Graph",
        22: "SparseTensor",
        23: "SparseTensor",
    },
    "SparseTensor": {1: "Tensor", 2: "Tensor"},
    "Tensor": {13: "ExternalData"},
}
"""Message -> field number -> message in it: every way to a tensor. Source: `onnx.proto3`."""

_KEY, _VALUE = 1, 2
_LOCATION = b"location"
_MAX_DEPTH = 100
"""Protocol buffers' own limit on messages in messages."""


def external_files(model: Path) -> set[str]:
    """Collect the `location` of all external tensors, in subgraphs and functions too.

    Args:
        model: An `.onnx` file, which is mapped, not read.

    Raises:
        ValueError: The file is not a serialized message.
    """
    with (
        model.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
    ):
        return set(_locations(mapped, 0, len(mapped), "Model", 0))


def _locations(data: mmap.mmap, start: int, end: int, message: str, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        raise ValueError(f"messages nested more than {_MAX_DEPTH} deep")
    if message == "ExternalData":
        entry = {n: bytes(data[a:b]).decode() for n, a, b in fields(data, start, end)}
        if entry.get(_KEY) == _LOCATION.decode():
            yield entry.get(_VALUE, "")
        return
    children = _MESSAGES[message]
    for number, inner_start, inner_end in fields(data, start, end):
        # What names no location, as most nodes do, need not be walked through.
        if number in children and data.find(_LOCATION, inner_start, inner_end) >= 0:
            yield from _locations(data, inner_start, inner_end, children[number], depth + 1)
