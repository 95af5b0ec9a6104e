"""`voicepack export` understands its arguments; what it then does is tested with the pipeline."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("torch")

from click.testing import CliRunner, Result

from voicepack.export.commands import export as command
from voicepack.export.pipeline import ExportJob
from voicepack.export.reference_spec import ReferenceSpec
from voicepack.runtime.__main__ import main

pytestmark = pytest.mark.torch

FILES = ("--gpt", "my.ckpt", "--sovits", "my.pth", "-o", "my.voicepack")


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[ExportJob]:
    """Collects what the command asks for, in place of doing it."""
    asked: list[ExportJob] = []

    def note(job: ExportJob, *others: object) -> SimpleNamespace:
        asked.append(job)
        return SimpleNamespace(
            manifest=SimpleNamespace(files={}, references=job.references, generation="v2")
        )

    monkeypatch.setattr(command, "export_for_targets", note)
    return asked


def export(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["export", *map(str, arguments)])


def test_a_plain_clip_is_completed_by_the_options_beside_it(jobs: list[ExportJob]) -> None:
    done = export(
        *FILES,
        *("--reference", "a.wav", "--text", "Hi.", "--language", "en", "--also", "b.wav"),
        *("--hubert", "hubert", "--speaker-encoder", "encoder.ckpt"),
    )
    assert done.exit_code == 0, done.output
    (job,) = jobs
    assert job.references == (
        ReferenceSpec("default", (Path("a.wav"), Path("b.wav")), "en", "Hi."),
    )
    assert (job.gpt, job.sovits) == (Path("my.ckpt"), Path("my.pth"))
    assert job.hubert == Path("hubert")
    assert job.speaker_encoder == Path("encoder.ckpt")
    assert job.name == "my"


def test_several_references_are_named_and_keep_their_order(jobs: list[ExportJob]) -> None:
    done = export(*FILES, "--reference", "b=b.wav:en:Hi: you.", "--reference", "a=a.wav")
    assert done.exit_code == 0, done.output
    assert jobs[0].references == (
        ReferenceSpec("b", (Path("b.wav"),), "en", "Hi: you."),
        ReferenceSpec("a", (Path("a.wav"),)),
    )


def test_folders_are_searched_and_the_choice_is_printed(
    jobs: list[ExportJob], tmp_path: Path
) -> None:
    for name in ("a-e1.ckpt", "b-e2.ckpt", "b-e10.ckpt", "a_e1_s1.pth", "b_e4_s40.pth"):
        (tmp_path / name).touch()
    folders = ("--gpt", tmp_path, "--sovits", tmp_path, "-o", tmp_path / "x")
    done = export(*folders, "--voice", "b", "--reference", "a.wav")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[:2] == [
        f"GPT: {tmp_path / 'b-e10.ckpt'}",
        f"SoVITS: {tmp_path / 'b_e4_s40.pth'}",
    ]
    assert jobs[0].gpt == tmp_path / "b-e10.ckpt"
    ambiguous = export(*folders, "--reference", "a.wav")
    assert ambiguous.exit_code == 1
    assert "'a', 'b' are in both" in ambiguous.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "either --reference"),
        (("--reference", "a.wav", "--references", "a.toml"), "either --reference"),
        (("--references", "a.toml", "--text", "Hi."), "go with a single --reference"),
        (("--reference", "a=a.wav", "--reference", "b=b.wav", "--also", "c.wav"), "single"),
        (("--reference", "a.wav:en:Hi.", "--text", "Ho."), "not in both"),
    ],
)
def test_contradicting_options_are_a_mistake_in_usage(
    jobs: list[ExportJob], arguments: tuple[str, ...], message: str
) -> None:
    done = export(*FILES, *arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert jobs == []
