"""What a tuning can choose for a pack, one thing after the other, and where there is no choice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from voicepack.runtime.contract import GraphRole, Precision
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pieces import PIECE_FRAMES
from voicepack.runtime.tuning import Tuning
from voicepack.targets.catalogue import find_profile
from voicepack.targets.cores import available_cores
from voicepack.targets.profile import EngineName, KvCache
from voicepack.targets.session import CachePrecision

PIECES = (50, 100, PIECE_FRAMES, 300)
"""Latent frames at once; the fewest, which take the least memory, come first."""


@dataclass(frozen=True)
class Stage:
    """One thing to choose."""

    what: str
    choices: Callable[[Tuning], Iterator[Tuning]]
    """Takes the best tuning so far, and returns those to try."""
    settled: Callable[[VoicePack], str]
    """Takes the pack as compiled for its target; says why there is no choice, "" where there is."""


def _threads(best: Tuning) -> Iterator[Tuning]:
    cores = available_cores()
    counts: Iterable[int] = sorted({2, 3, 4, cores // 2, cores})
    for count in counts:
        if 1 < count <= cores:
            yield replace(best, threads=count)


def _settled_threads(pack: VoicePack) -> str:
    return "" if available_cores() > 1 else "there is one core"


def _spinning(best: Tuning) -> Iterator[Tuning]:
    if best.threads != 1:
        yield replace(best, spinning=True)


def _settled_spinning(pack: VoicePack) -> str:
    profile = find_profile(pack.manifest.target)
    return "" if profile.engine is EngineName.ONNXRUNTIME else "this engine decides by itself"


def _caches(best: Tuning) -> Iterator[Tuning]:
    yield replace(best, cache=CachePrecision.U8)


def _settled_cache(pack: VoicePack) -> str:
    graph = pack.graph(GraphRole.TEXT2SEMANTIC)
    if graph.kv_cache != KvCache.STATEFUL.value:
        return "part of the graph, as the recipe had it when the pack was quantized"
    return "full precision keeps 32 bits" if graph.precision is Precision.FP32 else ""


def _pieces(best: Tuning) -> Iterator[Tuning]:
    for frames in PIECES:
        if frames != PIECE_FRAMES:
            yield replace(best, piece_frames=frames)


def _settled_pieces(pack: VoicePack) -> str:
    if frames := find_profile(pack.manifest.target).vocoder_frames:
        return f"this target takes {', '.join(map(str, frames))} frames at once"
    known = pack.graph(GraphRole.VOCODER).context_frames
    return "" if known else "this vocoder takes a whole sentence at once"


STAGES = (
    Stage("threads", _threads, _settled_threads),
    Stage("spinning", _spinning, _settled_spinning),
    Stage("precision of keys and values", _caches, _settled_cache),
    Stage("pieces", _pieces, _settled_pieces),
)
