"""What there is to choose for a pack, and what its target or its graphs have settled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voicepack.runtime import tuning_stages
from voicepack.runtime.contract import GraphRole, Precision
from voicepack.runtime.manifest import GraphEntry
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.tuning import Tuning
from voicepack.runtime.tuning_stages import STAGES
from voicepack.targets.session import CachePrecision

CACHE = "precision of keys and values"


def compiled(
    pack: VoicePack, target: str, kv_cache: str, precision: Precision, context: int = 12
) -> VoicePack:
    """See a pack as one for a target, with graphs as that target has them."""

    def change(graph: GraphEntry) -> GraphEntry:
        if graph.role is GraphRole.TEXT2SEMANTIC:
            return replace(graph, kv_cache=kv_cache, precision=precision)
        return replace(graph, context_frames=context)

    graphs = tuple(change(graph) for graph in pack.manifest.graphs)
    return VoicePack(pack.root, replace(pack.manifest, target=target, graphs=graphs))


def settled(pack: VoicePack) -> dict[str, str]:
    return {stage.what: stage.settled(pack) for stage in STAGES}


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning_stages, "available_cores", lambda: 4)


def test_onnx_runtime_leaves_all_but_the_cache_to_choose(pack: VoicePack) -> None:
    found = settled(compiled(pack, "cpu", "shared-buffer", Precision.INT8))

    assert found.pop(CACHE).startswith("part of the graph")
    assert set(found.values()) == {""}


def test_openvino_leaves_threads_and_cache_to_choose(pack: VoicePack) -> None:
    found = settled(compiled(pack, "openvino-cpu", "stateful", Precision.INT8))

    assert found["threads"] == found[CACHE] == ""
    assert found["spinning"] == "this engine decides by itself"
    assert found["pieces"] == "this target takes 48, 96 frames at once"


def test_full_precision_keeps_its_keys_and_values(pack: VoicePack) -> None:
    found = settled(compiled(pack, "openvino-cpu", "stateful", Precision.FP32))

    assert found[CACHE] == "full precision keeps 32 bits"


def test_a_vocoder_without_a_known_context_takes_no_pieces(pack: VoicePack) -> None:
    found = settled(compiled(pack, "cpu", "shared-buffer", Precision.INT8, context=0))

    assert found["pieces"] == "this vocoder takes a whole sentence at once"


def test_every_choice_keeps_what_was_best_before() -> None:
    best = Tuning("openvino-cpu", threads=2, spinning=False)
    tried = {stage.what: list(stage.choices(best)) for stage in STAGES}

    assert [each.threads for each in tried["threads"]] == [2, 3, 4]
    assert tried["spinning"] == [replace(best, spinning=True)]
    assert tried[CACHE] == [replace(best, cache=CachePrecision.U8)]
    assert tried["pieces"] == [replace(best, piece_frames=frames) for frames in (50, 100, 300)]


def test_one_thread_has_nothing_to_wait_for() -> None:
    spinning = next(stage for stage in STAGES if stage.what == "spinning")

    assert list(spinning.choices(Tuning("cpu", threads=1))) == []
