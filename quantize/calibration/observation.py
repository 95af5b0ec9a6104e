"""Watches the inside of a graph while it runs on calibration data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import onnx
import onnxruntime as ort

from voicepack.quantize.calibration.histogram import Histogram
from voicepack.targets.session import Array

WARNINGS_AND_WORSE_UNSEEN = 3
"""Severity: the watched graph keeps what it could fuse, and ONNX Runtime warns of that."""


def observe(
    model: onnx.ModelProto, tensors: Sequence[str], inputs: Iterable[Mapping[str, Array]]
) -> dict[str, Histogram]:
    """Run the graph and count the values of some of its tensors.

    Memory holds one run's tensors and the histograms.

    Args:
        model: Stays as it is.
        tensors: Names of float32 tensors, inputs of the graph among them.
        inputs: Inputs of each run by name; gone through once.

    Returns:
        For each tensor what was seen.
    """
    histograms = {name: Histogram() for name in tensors}
    given = {value.name for value in model.graph.input}
    computed = [name for name in tensors if name not in given]
    session = _session(_expose(model, computed))
    for run in inputs:
        values = dict(zip(computed, session.run(computed, dict(run)), strict=True))
        for name, histogram in histograms.items():
            histogram.add(run[name] if name in given else values[name])
    return histograms


def _expose(model: onnx.ModelProto, tensors: Sequence[str]) -> onnx.ModelProto:
    """Make tensors outputs of the graph; ONNX Runtime infers their types."""
    exposed = onnx.ModelProto()
    exposed.CopyFrom(model)
    known = {value.name for value in exposed.graph.output}
    exposed.graph.output.extend(
        onnx.ValueInfoProto(name=name) for name in tensors if name not in known
    )
    return exposed


def _session(model: onnx.ModelProto) -> ort.InferenceSession:
    options = ort.SessionOptions()
    # Sums of several threads are added in an order of their own: one thread repeats to the bit.
    options.intra_op_num_threads = 1
    # A plan of the memory for each length of input would double what the first run allocated.
    options.enable_mem_pattern = False
    options.log_severity_level = WARNINGS_AND_WORSE_UNSEEN
    return ort.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
