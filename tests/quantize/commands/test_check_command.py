"""`voicepack check`: exit codes, files, and what stays in the pack."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner, Result

from voicepack.quantize.budget import make_budget
from voicepack.quantize.errors import QualityError
from voicepack.quantize.quality.check import CheckJob, CheckResult
from voicepack.quantize.reports.recording import Recording
from voicepack.quantize.reports.report import Report, SentenceQuality
from voicepack.quantize.reports.report_json import read_report
from voicepack.runtime.__main__ import main
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.progress import Progress

pytest.importorskip("torch")
pytestmark = pytest.mark.torch

TONE = np.sin(np.arange(3200) / 20).astype(np.float32)
FINE, BROKEN = {"kl_mean": 0.001}, {"kl_mean": 0.5}


@pytest.fixture
def pack(demo_pack: Path, tmp_path: Path) -> Path:
    """A copy of the demo pack, of links but for the manifest."""
    copy = tmp_path / "copy.voicepack"
    for file in (each for each in demo_pack.rglob("*") if each.is_file()):
        target = copy / file.relative_to(demo_pack)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.hardlink_to(file)
    manifest = copy / "manifest.json"
    content = manifest.read_bytes()
    manifest.unlink()
    manifest.write_bytes(content)
    return copy


def find(values: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> list[CheckJob]:
    """Let every check find these values, at once; the jobs it was given gather in the result."""
    jobs: list[CheckJob] = []

    def canned(job: CheckJob, progress: Progress) -> CheckResult:
        jobs.append(job)
        sentence = SentenceQuality(job.texts[0], values)
        opened, baseline = VoicePack.open(job.pack), VoicePack.open(job.baseline)
        budget = make_budget({"kl_mean": 0.01}, "test")
        report = Report("copy", "demo", budget, (sentence,), {"size_ratio": 0.5})
        recording = Recording(job.texts[0], 32000, TONE, TONE, TONE)
        return CheckResult(opened, baseline, report, (recording,))

    monkeypatch.setattr("voicepack.quantize.commands.check.check_pack", canned)
    return jobs


def check(pack: Path, baseline: Path, *options: object) -> Result:
    arguments = ["check", pack, "--baseline", baseline, *options]
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.mark.parametrize(("values", "code"), [(FINE, 0), (BROKEN, 1)])
def test_the_verdict_is_the_exit_code_and_on_the_terminal(
    values: dict[str, float],
    code: int,
    pack: Path,
    demo_pack: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find(values, monkeypatch)
    result = check(pack, demo_pack, "-q")
    assert result.exit_code == code
    verdict = "within" if code == 0 else "over"
    assert result.output.startswith(f"## copy: {verdict} budget\n")


def test_every_format_is_written(
    pack: Path, demo_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(FINE, monkeypatch)
    files = {name: tmp_path / f"report.{name}" for name in ("json", "junit", "markdown", "html")}
    options = [part for name, file in files.items() for part in (f"--{name}", file)]
    assert check(pack, demo_pack, *options).exit_code == 0
    assert read_report(files["json"]).passed
    assert ElementTree.parse(files["junit"]).getroot().get("tests") == "1"
    assert files["markdown"].read_text("utf-8").startswith("## copy: within budget")
    assert files["html"].read_text("utf-8").startswith("<!DOCTYPE html>")


def test_the_report_is_recorded_in_the_pack_with_its_budget_s_hash(
    pack: Path, demo_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(BROKEN, monkeypatch)
    before = VoicePack.open(pack).manifest
    check(pack, demo_pack)
    after = VoicePack.open(pack).manifest
    assert after.quality is not None
    assert after.quality["passed"] is False
    assert after.quality["budget"]["sha256"] == make_budget({"kl_mean": 0.01}, "").sha256
    assert replace(after, quality=None) == before


def test_no_record_leaves_the_pack_as_it_is(
    pack: Path, demo_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(FINE, monkeypatch)
    before = (pack / "manifest.json").read_bytes()
    check(pack, demo_pack, "--no-record")
    assert (pack / "manifest.json").read_bytes() == before


def test_a_pack_that_cannot_be_written_is_checked_and_the_reader_told(
    pack: Path, demo_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(FINE, monkeypatch)

    def refuse(destination: Path) -> None:
        raise PermissionError(30, "Read-only file system", str(destination))

    monkeypatch.setattr("voicepack.quantize.quality.quality_record.replaced_file", refuse)
    result = check(pack, demo_pack)
    assert result.exit_code == 0
    assert "not recorded in the pack" in result.output
    assert "Read-only file system" in result.output


def test_an_earlier_report_is_compared_with(
    pack: Path, demo_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = tmp_path / "earlier.json"
    find(FINE, monkeypatch)
    check(pack, demo_pack, "--json", earlier)
    find(BROKEN, monkeypatch)
    result = check(pack, demo_pack, "--previous", earlier)
    assert "0.001 (worse now)" in result.output


def test_sentences_budget_and_language_reach_the_check(
    pack: Path, demo_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = find(FINE, monkeypatch)
    texts, budget = tmp_path / "texts.txt", tmp_path / "budget.toml"
    texts.write_text("Mind the gap.\n", "utf-8")
    budget.write_text("[limits]\nkl_mean = 0.25\n", "utf-8")
    check(pack, demo_pack, "--sentences", texts, "--budget", budget, "--language", "ja")
    (job,) = jobs
    assert job.texts == ("Mind the gap.",)
    assert job.budget.values == {"kl_mean": 0.25}
    assert job.language == "ja"


def test_without_a_language_the_reference_s_built_in_sentences_are_said(
    pack: Path, demo_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = find(FINE, monkeypatch)
    check(pack, demo_pack)
    assert jobs[0].language == "en"
    assert len(jobs[0].texts) >= 20


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--budget", "absent.toml"), "no budget could be read"),
        (("--sentences", "absent.txt"), "no sentences could be read"),
        (("--previous", "absent.json"), "no report could be read"),
        (("--language", "tlh"), "no built-in check sentences in 'tlh'"),
        (("--html", "absent/report.html"), "its folder does not exist"),
    ],
)
def test_what_cannot_be_read_or_written_is_exit_code_2_before_the_work(
    options: tuple[str, str],
    message: str,
    pack: Path,
    demo_pack: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs = find(FINE, monkeypatch)
    result = check(pack, demo_pack, *options)
    assert (result.exit_code, jobs) == (2, [])
    assert message in result.output


def test_a_missing_pack_is_exit_code_2(demo_pack: Path, tmp_path: Path) -> None:
    result = check(tmp_path / "absent.voicepack", demo_pack)
    assert result.exit_code == 2
    assert "no such folder" in result.output


def test_a_damaged_pack_is_exit_code_2(pack: Path, demo_pack: Path) -> None:
    weights = pack / "graphs" / "vocoder.data"
    weights.unlink()
    result = check(pack, demo_pack)
    assert result.exit_code == 2
    assert "vocoder.data: missing" in result.output


def test_a_check_that_cannot_run_is_exit_code_2(
    pack: Path, demo_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(job: CheckJob, progress: Progress) -> CheckResult:
        raise QualityError("not the same voice")

    monkeypatch.setattr("voicepack.quantize.commands.check.check_pack", fail)
    result = check(pack, demo_pack)
    assert (result.exit_code, result.output) == (2, "Error: not the same voice\n")


@pytest.mark.slow
def test_a_pack_is_checked_from_end_to_end(pack: Path, demo_pack: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("Mind the gap.\n", "utf-8")
    file = tmp_path / "report.json"
    result = check(pack, demo_pack, "--sentences", texts, "--threads", 1, "--json", file)
    assert result.exit_code == 0, result.output
    summary = json.loads(file.read_text("utf-8"))["summary"]
    assert summary["size_ratio"]["value"] == 1
    assert summary["speed_ratio"]["value"] == pytest.approx(1, abs=0.5)
    assert 0 < summary["load_s"]["value"] < 10
    assert 50 < summary["peak_mb"]["value"] < 2000
    assert 0 < summary["first_audio_s"]["value"] < 10
