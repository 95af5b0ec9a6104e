"""A small report that the tests of all its formats share, and packs that were tampered with."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import onnx
import pytest

from voicepack.quantize.budget import make_budget
from voicepack.quantize.graphs.graph import load_graph, save_graph
from voicepack.quantize.reports.report import Report, SentenceQuality
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.manifest import GraphEntry, Manifest
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import write_pack

Edit = Callable[[onnx.ModelProto], None]
Rewrite = Callable[[Mapping[GraphRole, Edit]], VoicePack]


@pytest.fixture
def report() -> Report:
    """Mean KL 0.02 against 0.01, top-1 0.95 free, NaN in one sentence, speaker not measured."""
    return Report(
        pack="demo-int8",
        baseline="demo-fp32",
        budget=make_budget(
            {"kl_mean": 0.01, "non_finite": 0, "speaker_cosine": 0.99, "size_ratio": 0.28}, "test"
        ),
        sentences=(
            SentenceQuality("Good <morning>.", {"kl_mean": 0.01, "top1_agreement": 0.9}),
            SentenceQuality("Turn\nleft.", {"kl_mean": 0.03, "non_finite": 3, "snr_db": math.inf}),
            SentenceQuality("Stop.", {"top1_agreement": 1.0, "non_finite": 0}),
        ),
        pack_values={"size_ratio": 0.27},
    )


@pytest.fixture
def rewrite(demo_pack: Path, tmp_path: Path) -> Rewrite:
    """Write the demo pack again without its speaker graph, as quantizing does, graphs edited."""
    original = VoicePack.open(demo_pack)
    graphs = [each for each in original.manifest.graphs if each.role is not GraphRole.SPEAKER]

    def write(edits: Mapping[GraphRole, Edit]) -> VoicePack:
        def build(folder: Path) -> Manifest:
            _copy_arrays(demo_pack, folder)
            for graph in graphs:
                _write_graph(demo_pack, folder, graph, edits.get(graph.role, _leave_alone))
            return replace(original.manifest, graphs=tuple(graphs))

        return write_pack(tmp_path / "edited.voicepack", build)

    return write


def _leave_alone(model: onnx.ModelProto) -> None:
    """Edit nothing."""


def _copy_arrays(pack: Path, folder: Path) -> None:
    for file in pack.rglob("*.npz"):
        copy = folder / file.relative_to(pack)
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(file, copy)


def _write_graph(pack: Path, folder: Path, graph: GraphEntry, edit: Edit) -> None:
    model = load_graph(pack / graph.file)
    edit(model)
    (folder / graph.file).parent.mkdir(exist_ok=True)
    save_graph(model, folder / graph.file)
