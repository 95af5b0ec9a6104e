"""What a manifest says of the files of a graph."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voicepack.runtime.contract import GraphRole
from voicepack.runtime.pack import VoicePack


@pytest.mark.parametrize("changed", ["file", "weights"])
def test_the_content_of_a_graph_is_another_when_either_of_its_files_is(
    pack: VoicePack, changed: str
) -> None:
    graph, files = pack.graph(GraphRole.VOCODER), pack.manifest.files
    path = getattr(graph, changed)

    found = graph.content(files | {path: replace(files[path], sha256="0" * 64)})

    assert found != graph.content(files)


def test_the_content_of_a_graph_does_not_depend_on_where_it_lies(pack: VoicePack) -> None:
    graph, files = pack.graph(GraphRole.VOCODER), pack.manifest.files
    moved = replace(graph, file="elsewhere.onnx")

    found = moved.content(files | {"elsewhere.onnx": files[graph.file]})

    assert found == graph.content(files)
