"""`targets`, `bench`, `tune`, `combine` and `say --memory-limit`, on the miniature demo voice."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from voicepack.runtime.__main__ import main
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.tuning import Tuning, read_tuning, write_tuning
from voicepack.runtime.voice import Voice
from voicepack.targets.catalogue import profiles

QUICK = ("--seconds", "0.5", "--repeat", "1")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_every_target_is_listed_with_a_verdict() -> None:
    lines = run("targets").output.splitlines()

    for name in profiles():
        (line,) = (line for line in lines if line.startswith(f"{name}: "))
        assert "here" in line


def test_targets_are_printed_for_programs() -> None:
    listed = json.loads(run("targets", "--json").output)

    assert [each["name"] for each in listed] == list(profiles())
    assert all(each["runs_here"] == (not each["engine_fault"]) for each in listed)


@pytest.mark.torch
def test_bench_compares_with_a_baseline_and_names_the_limit(demo_pack: Path) -> None:
    options = ("--baseline", demo_pack, "--seconds", "0.5", "--repeat", "1", "--threads", "1")
    output = run("bench", demo_pack, *options).output

    assert re.search(r"real-time factor +\d+\.\d+ +\d+\.\d+ +\d+\.\d+\n", output)
    assert re.search(
        r"limit of a token: \d+\.\d+ ms, its weights read once at \d+\.\d+ GB/s", output
    )


@pytest.mark.torch
def test_bench_s_figures_fit_together(demo_pack: Path) -> None:
    options = ("--seconds", "1", "--repeat", "1", "--threads", "1", "--json")
    figures = json.loads(run("bench", demo_pack, *options).output)

    assert figures["threads"] == 1
    assert figures["audio_s"] == 1
    assert figures["tokens_per_s"] * figures["step_s"] == pytest.approx(1)
    total = figures["prefill_s"] + 25 * figures["step_s"] + figures["latent_s"]
    assert figures["total_s"] == pytest.approx(total + figures["vocoder_s"])
    assert figures["weights"] == (demo_pack / "graphs/text2semantic.data").stat().st_size
    assert figures["step_limit_s"] * figures["bandwidth"] == pytest.approx(figures["weights"])


@pytest.mark.torch
def test_tune_remembers_beside_the_pack_what_was_fastest(demo_pack: Path, tmp_path: Path) -> None:
    pack = tmp_path / "mine.voicepack"
    shutil.copytree(demo_pack, pack)

    trials = json.loads(run("tune", pack, *QUICK, "--json", "--quiet").output)

    chosen = read_tuning(pack)
    fastest = min(trials, key=lambda trial: trial["total_s"])
    taken = next(
        t
        for t in trials
        if t["piece_frames"] == chosen.piece_frames
        and t["threads"] == chosen.threads
        and t["spinning"] == chosen.spinning
    )
    assert taken["total_s"] <= fastest["total_s"] / 0.97**3
    VoicePack.open(pack)


@pytest.mark.torch
def test_a_voice_is_loaded_as_it_was_tuned(demo_pack: Path, tmp_path: Path) -> None:
    pack = tmp_path / "mine.voicepack"
    shutil.copytree(demo_pack, pack)
    write_tuning(pack, Tuning(piece_frames=25))

    assert Voice.load(pack).acoustics.piece_frames == 25


@pytest.mark.torch
def test_a_memory_limit_that_cannot_be_kept_is_refused_with_the_reason(
    demo_pack: Path, tmp_path: Path
) -> None:
    file = tmp_path / "a.wav"
    result = run("say", demo_pack, "Hello there.", "-o", file, "--memory-limit", 1)

    assert result.exit_code == 1
    assert "does not fit into 1 MB" in result.output
    assert not file.exists()


@pytest.mark.torch
def test_within_a_generous_limit_a_voice_says_the_same(demo_pack: Path, tmp_path: Path) -> None:
    free, bounded = tmp_path / "free.wav", tmp_path / "bounded.wav"
    run("say", demo_pack, "Hello there.", "-o", free)
    result = run("say", demo_pack, "Hello there.", "-o", bounded, "--memory-limit", 8000)

    assert result.exit_code == 0, result.output
    assert bounded.read_bytes() == free.read_bytes()


@pytest.mark.torch
def test_a_target_the_pack_lacks_is_refused(demo_pack: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    result = run("say", demo_pack, "Hello.", "-o", file, "--target", "jetson-orin")

    assert result.exit_code == 1
    assert "not compiled for target 'jetson-orin', only for cpu" in result.output


@pytest.mark.torch
def test_combine_refuses_a_pack_twice_and_leaves_nothing(demo_pack: Path, tmp_path: Path) -> None:
    result = run("combine", demo_pack, demo_pack, "-o", tmp_path / "both.voicepack")

    assert result.exit_code == 1
    assert "Give one pack for each target" in result.output
    assert not (tmp_path / "both.voicepack").exists()


@pytest.mark.torch
def test_a_pack_of_two_targets_says_which_it_speaks_with_and_why(
    demo_pack: Path, tmp_path: Path
) -> None:
    manifest = json.loads((demo_pack / "manifest.json").read_text("utf-8"))
    twin, both = tmp_path / "twin.voicepack", tmp_path / "both.voicepack"
    shutil.copytree(demo_pack, twin)
    (twin / "manifest.json").write_text(json.dumps(manifest | {"target": "raspberry-pi-5"}))
    run("combine", twin, demo_pack, "-o", both)

    chosen = run("say", both, "Hello there.", "-o", tmp_path / "chosen.wav")
    asked = run("say", both, "Hello.", "-o", tmp_path / "a.wav", "--target", "raspberry-pi-5")

    assert "target cpu: fits any" in chosen.output
    assert "target raspberry-pi-5: asked for" in asked.output
    sizes = [sum(f.stat().st_size for f in p.rglob("*.data")) for p in (both, demo_pack)]
    assert sizes[0] == sizes[1]
