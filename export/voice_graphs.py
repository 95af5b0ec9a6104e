"""Writes the graphs of a voice, each compared with its torch module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import onnx

from voicepack.export.style_encoder import StyleEncoder
from voicepack.export.synthesizer import Synthesizer
from voicepack.export.synthesizer_graphs import (
    TracedGraph,
    trace_latent,
    trace_speaker,
    trace_vocoder,
)
from voicepack.export.text2semantic import Text2Semantic
from voicepack.export.text2semantic_check import check_text2semantic
from voicepack.export.text2semantic_graph import text2semantic_graph
from voicepack.export.vocoder import context_frames
from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.graphs.convolved_products import convolve_products
from voicepack.quantize.graphs.fast_fir import speed_up_convolutions
from voicepack.quantize.graphs.graph import save_graph, tensor_spec, weights_path
from voicepack.runtime.contract import GraphRole, Precision
from voicepack.runtime.manifest import GraphEntry
from voicepack.targets.profile import TargetProfile

TOLERANCE = {Precision.FP32: 1e-4, Precision.FP16: 2e-2}
"""Relative error allowed between graph and module: 80 dB, and what rounding to half may cost."""

Check = Callable[[Path, float], float]
"""Compares the graph at a path with its module; raises GraphError above the tolerance."""


@dataclass(frozen=True)
class GraphWriter:
    """Writes graphs for one target, in one precision, into the folder of a pack."""

    folder: Path
    profile: TargetProfile
    precision: Precision

    def text2semantic(self, net: Text2Semantic) -> GraphEntry:
        """Write the text2semantic graph in the flavour and form that suit the target."""

        def check(path: Path, tolerance: float) -> float:
            return check_text2semantic(path, net, self.profile, tolerance)

        model = text2semantic_graph(net, self.profile.kv_cache)
        if self.profile.convolved_products:
            model = convolve_products(model)
        return self._write(
            GraphRole.TEXT2SEMANTIC, model, check, kv_cache=self.profile.kv_cache.value
        )

    def latent(self, synthesizer: Synthesizer) -> GraphEntry:
        """Write the graph of text encoder and flow."""
        return self._write_traced(GraphRole.LATENT, trace_latent(synthesizer))

    def vocoder(self, synthesizer: Synthesizer) -> GraphEntry:
        """Write the graph of the vocoder, with fast convolutions where the target gains by them."""
        traced = trace_vocoder(synthesizer)
        if self.profile.fast_convolutions:
            traced = replace(traced, model=speed_up_convolutions(traced.model))
        entry = self._write_traced(GraphRole.VOCODER, traced)
        return replace(entry, context_frames=context_frames(synthesizer.sizes.vocoder))

    def speaker(self, encoder: StyleEncoder, num_frequencies: int) -> GraphEntry:
        """Write the graph of the reference encoder, with which quality is checked."""
        return self._write_traced(GraphRole.SPEAKER, trace_speaker(encoder, num_frequencies))

    def _write_traced(self, role: GraphRole, traced: TracedGraph) -> GraphEntry:
        return self._write(role, traced.model, traced.check)

    def _write(
        self, role: GraphRole, model: onnx.ModelProto, check: Check, kv_cache: str = ""
    ) -> GraphEntry:
        """Save the graph and prove it: in float32 always, then in the precision it is stored in."""
        path = self.folder / "graphs" / f"{role.value}.onnx"
        path.parent.mkdir(exist_ok=True)
        save_graph(model, path)
        check(path, TOLERANCE[Precision.FP32])
        if self.precision is Precision.FP16:
            save_graph(store_as_half(model), path)
            check(path, TOLERANCE[Precision.FP16])
        return self._entry(role, model, path, kv_cache)

    def _entry(
        self, role: GraphRole, model: onnx.ModelProto, path: Path, kv_cache: str
    ) -> GraphEntry:
        return GraphEntry(
            role=role,
            file=path.relative_to(self.folder).as_posix(),
            weights=weights_path(path).relative_to(self.folder).as_posix(),
            precision=self.precision,
            opset=next(each.version for each in model.opset_import if not each.domain),
            engine=self.profile.engine.value,
            minimum_engine=self.profile.minimum_engine,
            inputs=tuple(tensor_spec(value) for value in model.graph.input),
            outputs=tuple(tensor_spec(value) for value in model.graph.output),
            kv_cache=kv_cache,
        )
