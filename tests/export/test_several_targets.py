"""One export, and one quantization, for several targets: a pack that speaks on all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

from voicepack.export.pipeline import ExportJob
from voicepack.export.reference_spec import ReferenceSpec
from voicepack.export.seeded import write_seeded_voice
from voicepack.export.seeded_shapes import MINIATURE
from voicepack.export.several_targets import export_for_targets
from voicepack.quantize.calibration.calibration_set import CalibrationSource
from voicepack.quantize.pipeline import QuantizeJob
from voicepack.quantize.recipe_file import find_recipe
from voicepack.quantize.several_targets import quantize_targets
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.errors import PackError
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.variants import compiled_for

pytestmark = pytest.mark.torch

TARGETS = ("cpu", "cpu-portable")


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> ExportJob:
    made = write_seeded_voice(tmp_path_factory.mktemp("checkpoints"), MINIATURE, seed=0)
    reference = ReferenceSpec("default", (made.clip,), made.language, made.text)
    return ExportJob(made.gpt, made.sovits, (reference,), "seeded", made.hubert)


@pytest.fixture(scope="module")
def full(job: ExportJob, tmp_path_factory: pytest.TempPathFactory) -> VoicePack:
    folder = tmp_path_factory.mktemp("several")
    return export_for_targets(job, TARGETS, folder / "fp32.voicepack")


def flavours(pack: VoicePack) -> list[str]:
    views = [compiled_for(pack, target) for target in pack.manifest.targets]
    return [view.graph(GraphRole.TEXT2SEMANTIC).kv_cache for view in views]


@pytest.mark.slow
def test_one_export_speaks_on_every_target_and_stores_equal_weights_once(full: VoicePack) -> None:
    opened = VoicePack.open(full.root)

    assert opened.manifest.targets == TARGETS
    assert flavours(opened) == ["shared-buffer", "portable"]
    assert len(list(full.root.rglob("vocoder.data"))) == 1


@pytest.mark.slow
def test_every_target_is_quantized_by_what_suits_it(full: VoicePack, tmp_path: Path) -> None:
    source = CalibrationSource(("Turn left in two hundred metres.",), "en", seed=0, threads=1)
    recipes = {"cpu": "int8", "cpu-portable": "fp16"}
    jobs = [
        QuantizeJob(compiled_for(full, target), find_recipe(recipe), source, tmp_path / "cache")
        for target, recipe in recipes.items()
    ]

    made = quantize_targets(jobs, tmp_path / "small.voicepack")

    joined = VoicePack.open(tmp_path / "small.voicepack")
    assert joined.manifest.targets == TARGETS
    assert flavours(joined) == ["shared-buffer", "portable"]
    precisions = [each.pack.graph(GraphRole.TEXT2SEMANTIC).precision.value for each in made]
    assert precisions == ["int8", "fp16"]


def test_a_destination_that_is_taken_is_found_before_anything_is_made(
    job: ExportJob, tmp_path: Path
) -> None:
    heard: list[str] = []
    (tmp_path / "taken.voicepack").mkdir()

    with pytest.raises(PackError, match=r"taken\.voicepack"):
        export_for_targets(
            job, TARGETS, tmp_path / "taken.voicepack", lambda done, total, what: heard.append(what)
        )

    assert heard == []
