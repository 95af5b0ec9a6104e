"""Loads the graphs of a voice: text2semantic at once, the others when there is something to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from voicepack.runtime.acoustics import Acoustics
from voicepack.runtime.arithmetic import options_of
from voicepack.runtime.contract import GraphRole, LatentTensor
from voicepack.runtime.decoding import TokenGenerator
from voicepack.runtime.errors import PackError
from voicepack.runtime.kv_cache import Decoder, cache_dtype, make_decoder
from voicepack.runtime.layered_start import LayeredStart
from voicepack.runtime.lazy_session import LazySession
from voicepack.runtime.manifest import GraphEntry, Text2SemanticShape
from voicepack.runtime.onnx_weights import MappedWeights
from voicepack.runtime.pack import VoicePack
from voicepack.targets.profile import KvCache
from voicepack.targets.session import Engine, EngineOptions, Session


@dataclass(frozen=True)
class GraphLoader:
    """Opens the graphs of a pack that is for one target."""

    pack: VoicePack
    engine: Engine
    options: EngineOptions

    def open(self, role: GraphRole) -> Session:
        """Load a graph.

        Raises:
            PackError: The pack has none of that role.
            TargetError: The engine is missing, too old, or refuses it.
        """
        graph = self.pack.graph(role)
        return self.engine.open(self.pack.path(graph.file), self._options_of(graph))

    def open_later(self, role: GraphRole) -> LazySession:
        """Return a graph that is loaded when it is first needed.

        Raises:
            PackError: The pack has none of that role.
            TargetError: The engine is missing, too old, or has no device for it.
        """
        self.engine.check(self._options_of(self.pack.graph(role)))
        return LazySession(lambda: self.open(role))

    def _options_of(self, graph: GraphEntry) -> EngineOptions:
        content = graph.content(self.pack.manifest.files)
        return replace(options_of(graph, self.options), role=graph.role.value, content=content)


def load_generator(loader: GraphLoader) -> TokenGenerator:
    """Load what makes tokens of phones.

    Raises:
        PackError: The pack has no such graph, or tables that do not fit it.
        TargetError: The engine is missing, too old, or refuses the graph.
    """
    pack = loader.pack
    pack.graph(GraphRole.TEXT2SEMANTIC)
    decoder = open_decoder(
        pack.manifest.graphs,
        pack.manifest.text2semantic,
        pack.root,
        lambda graph: loader.open(graph.role),
    )
    return TokenGenerator(decoder, pack.embeddings())


def open_decoder(
    graphs: Iterable[GraphEntry],
    shape: Text2SemanticShape,
    root: Path,
    open_graph: Callable[[GraphEntry], Session],
) -> Decoder:
    """Load text2semantic, and what starts sentences where that is a graph of its own.

    Args:
        graphs: Text2semantic is one of them.
        shape: Of it.
        root: The folder that paths of the graphs begin in.
        open_graph: Loads one of them.

    Raises:
        PackError: Text2semantic lacks a weight that the other graph takes.
        TargetError: The engine is missing, too old, or refuses a graph.
    """
    roles = {graph.role: graph for graph in graphs}
    later, start = roles[GraphRole.TEXT2SEMANTIC], roles.get(GraphRole.TEXT2SEMANTIC_START)
    layered = None
    if start is not None:
        weights = MappedWeights(root / later.file, root / later.weights)
        layered = LayeredStart(open_graph(start), start.inputs, shape.num_layers, weights)
    flavour, dtype = KvCache(later.kv_cache), cache_dtype(later.inputs)
    return make_decoder(flavour, open_graph(later), shape, dtype, layered)


def acoustics_of(
    pack: VoicePack, latent: Session, vocoder: Session, vocoder_frames: tuple[int, ...]
) -> Acoustics:
    """Fit the graphs that make audio of tokens together.

    Args:
        pack: Where they are from.
        latent: Loaded, now or later.
        vocoder: Likewise.
        vocoder_frames: As in the target's profile.

    Raises:
        PackError: Its manifest does not say what noise the latent takes.
    """
    return Acoustics(
        latent=latent,
        vocoder=vocoder,
        latent_channels=_latent_channels(pack.graph(GraphRole.LATENT)),
        context_frames=pack.graph(GraphRole.VOCODER).context_frames,
        vocoder_frames=vocoder_frames,
    )


def _latent_channels(latent: GraphEntry) -> int:
    shapes = {spec.name: spec.shape for spec in latent.inputs}
    channels = shapes.get(LatentTensor.NOISE, ())[1:2]
    if not channels or not isinstance(channels[0], int):
        raise PackError(
            f"{latent.file}: the manifest does not say how many channels `{LatentTensor.NOISE}` "
            "has. Export the voice again."
        )
    return channels[0]
