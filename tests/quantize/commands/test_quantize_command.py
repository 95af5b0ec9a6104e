"""`voicepack quantize` on the demo voice, by recipe and by search."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from voicepack.quantize.recipe_file import find_recipe
from voicepack.quantize.search import budget_search as search
from voicepack.runtime.__main__ import main
from voicepack.runtime.contract import GraphRole, Precision
from voicepack.runtime.pack import VoicePack

pytestmark = pytest.mark.torch

BUDGET = "[limits]\nkl_mean = 0.1\nlog_mel_l1 = 0.5\nloops = 0\n"


@pytest.fixture
def sentences(tmp_path: Path) -> Path:
    file = tmp_path / "sentences.txt"
    file.write_text("Turn left.\nGood morning.\nIt is late.\n", encoding="utf-8")
    return file


def quantize(demo_pack: Path, sentences: Path, *options: str) -> Result:
    folder = sentences.parent
    arguments = ["quantize", demo_pack, "--sentences", sentences, "--cache", folder / "cache"]
    arguments += ["-o", folder / "out.voicepack", "--threads", "1", *options]
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_a_recipe_is_applied_and_its_effect_is_told(demo_pack: Path, sentences: Path) -> None:
    done = quantize(demo_pack, sentences, "--recipe", "fp16")
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[:2] for row in rows[1:4]] == [
        ["text2semantic", "fp16"],
        ["latent", "fp16"],
        ["vocoder", "fp16"],
    ]
    made = VoicePack.open(sentences.parent / "out.voicepack")
    assert made.graph(GraphRole.VOCODER).precision is Precision.FP16


def test_what_cannot_be_done_is_said_and_leaves_nothing(demo_pack: Path, sentences: Path) -> None:
    done = quantize(demo_pack, sentences, "--recipe", "int9")
    assert done.exit_code == 1
    assert "int9: neither a built-in recipe" in done.output
    assert not (sentences.parent / "out.voicepack").exists()


def test_options_of_the_search_need_a_budget(demo_pack: Path, sentences: Path) -> None:
    done = quantize(demo_pack, sentences, "--minimize", "size")
    assert done.exit_code == 2
    assert "go with --budget" in done.output


def test_a_budget_that_nothing_can_keep_is_refused_before_the_search(
    demo_pack: Path, sentences: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "speaker_graph", lambda pack: None)
    budget = sentences.with_name("budget.toml")
    budget.write_text("[limits]\nspeaker_cosine = 0.99\n", encoding="utf-8")
    done = quantize(demo_pack, sentences, "--budget", str(budget))
    assert done.exit_code == 1
    assert "has no speaker graph" in done.output
    assert not (sentences.parent / "out.voicepack").exists()


@pytest.mark.slow
def test_a_search_ends_inside_the_budget_and_reports(
    demo_pack: Path, sentences: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "NUM_CALIBRATING", 2)
    monkeypatch.setattr(search, "NUM_PROBED", 1)
    folder = sentences.parent
    (folder / "budget.toml").write_text(BUDGET, encoding="utf-8")
    options = ("--budget", str(folder / "budget.toml"), "--report", str(folder / "found"), "-q")
    done = quantize(demo_pack, sentences, *options)
    assert done.exit_code == 0, done.output
    report = json.loads((folder / "found" / "report.json").read_text(encoding="utf-8"))
    assert report["passed"] is True
    pack = VoicePack.open(folder / "out.voicepack")
    assert pack.manifest.quality == report
    groups = {entry["metric"] for entry in report["sensitivity"]}
    assert groups == {"kl_mean", "log_mel_l1"}
    recipe = find_recipe(str(folder / "found" / "recipe.toml"))
    assert f"recipe {recipe.name}" in pack.manifest.provenance.sources
    names = {file.name for file in (folder / "found").iterdir()}
    assert names >= {"report.html", "sensitivity.md", "sensitivity.svg"}
