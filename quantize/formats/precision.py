"""Half precision as a storage format: half the bytes on disk, the same arithmetic."""

from __future__ import annotations

from collections.abc import Container

import numpy as np
import onnx

SMALLEST_STORED = 256
"""Elements. Below this, halving an initializer saves less than the node that widens it costs."""


def store_as_half(model: onnx.ModelProto, names: Container[str] | None = None) -> onnx.ModelProto:
    """Return the graph with its float32 initializers stored as float16.

    A Cast to float32 stands behind each, under the initializer's old name, so nothing else changes
    and the graph computes in float32. ONNX Runtime folds these casts while it loads.

    Args:
        model: Stays as it is. Small initializers, and those with values half precision cannot
            hold (beyond 65504), stay float32.
        names: Which initializers; None takes all.
    """
    stored = onnx.ModelProto()
    stored.CopyFrom(model)
    casts = []
    for initializer in stored.graph.initializer:
        chosen = names is None or initializer.name in names
        half = _as_half(initializer) if chosen else None
        if half is not None:
            casts.append(
                onnx.helper.make_node(
                    "Cast",
                    [half.name],
                    [initializer.name],
                    name=f"{initializer.name}.widen",
                    to=onnx.TensorProto.FLOAT,
                )
            )
            initializer.CopyFrom(half)
    nodes = [*casts, *stored.graph.node]
    del stored.graph.node[:]
    stored.graph.node.extend(nodes)
    return stored


def _as_half(initializer: onnx.TensorProto) -> onnx.TensorProto | None:
    """Return the initializer in half precision, or None where it should stay as it is."""
    if initializer.data_type != onnx.TensorProto.FLOAT:
        return None
    values = onnx.numpy_helper.to_array(initializer)
    largest = np.finfo(np.float16).max
    if values.size < SMALLEST_STORED or not (np.abs(values) <= largest).all():
        return None
    return onnx.numpy_helper.from_array(values.astype(np.float16), f"{initializer.name}.half")
