"""How a graph of a language pack is described in its manifest."""

from __future__ import annotations

from pathlib import Path

import onnx

from voicepack.quantize.graphs.graph import tensor_spec, weights_path
from voicepack.runtime.contract import GraphRole, Precision
from voicepack.runtime.manifest import GraphEntry
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import EngineOptions, Session

TARGET = "cpu-portable"
"""The graphs are standard operators, so the oldest engine of all targets runs them."""


def graph_entry(
    path: Path, role: GraphRole, model: onnx.ModelProto, precision: Precision
) -> GraphEntry:
    """Describe a graph that lies at the top of the pack's folder."""
    profile = find_profile(TARGET)
    return GraphEntry(
        role=role,
        file=path.name,
        weights=weights_path(path).name,
        precision=precision,
        opset=next(each.version for each in model.opset_import if not each.domain),
        engine=profile.engine.value,
        minimum_engine=profile.minimum_engine,
        inputs=tuple(tensor_spec(value) for value in model.graph.input),
        outputs=tuple(tensor_spec(value) for value in model.graph.output),
    )


def open_graph(path: Path) -> Session:
    """Load a graph to check it, with one thread.

    Raises:
        TargetError: The engine is missing, too old, or refuses the graph.
    """
    return engine_of(find_profile(TARGET)).open(path, EngineOptions(threads=1))
