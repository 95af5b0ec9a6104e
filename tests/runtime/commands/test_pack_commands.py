"""`inspect`, `verify`, `pack` and `unpack` as a user runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from voicepack.runtime.__main__ import main
from voicepack.runtime.language_pack import LanguagePack
from voicepack.runtime.manifest_json import dump
from voicepack.runtime.pack import VoicePack

MakeLanguagePack = Callable[..., LanguagePack]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_inspect_shows_what_people_want_to_know(pack: VoicePack) -> None:
    result = run("inspect", pack.root)
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    for line in (
        "Voice tiny",
        "Generation v2",
        "Target cpu",
        "Sample rate 32000 Hz",
        "Languages en, zh",
        "Sampling top_k 15, top_p 1.0, temperature 1.0, repetition_penalty 1.35",
        "Licence not stated",
        "Made by voicepack test",
        "gpt says GPT-e15",
        "gpt file sha256 1111111111111111…",
        "Quality not checked",
        "vocoder cpu fp32 17 53 bytes onnxruntime >= 1.20.0",
        "default en Hello.",
        "calm en (no text)",
    ):
        assert line in lines


def test_inspect_prints_the_manifest_for_programs(pack: VoicePack) -> None:
    result = run("inspect", pack.root, "--json")
    assert json.loads(result.output) == json.loads((pack.root / "manifest.json").read_text("utf-8"))


def test_inspect_lets_no_pack_steer_the_terminal(pack: VoicePack) -> None:
    manifest = replace(pack.manifest, name="\x1b[31mred\nLicence  MIT")
    (pack.root / "manifest.json").write_text(dump(manifest), "utf-8")
    result = run("inspect", pack.root)
    assert "\x1b" not in result.output
    assert "Voice        �[31mred�Licence  MIT\n" in result.output


def test_inspect_reads_an_archive_too(pack: VoicePack) -> None:
    run("pack", pack.root)
    archive = pack.root.with_name("tiny.voicepack.zip")
    assert run("inspect", archive).output == run("inspect", pack.root).output


def test_verify_says_ok_with_bytes_and_time(pack: VoicePack) -> None:
    result = run("verify", pack.root)
    assert result.exit_code == 0
    assert f"ok: {pack.root}: 11 files, 48.0 kB, in 0." in result.output


def test_verify_lists_every_fault_and_fails(pack: VoicePack) -> None:
    (pack.root / "latent.data").unlink()
    (pack.root / "vocoder.data").write_text("short")
    (pack.root / "notes.txt").write_text("mine")
    result = run("verify", pack.root)
    assert result.exit_code == 1
    assert "note: notes.txt: not part of the pack" in result.output
    assert "damaged: latent.data: missing" in result.output
    assert "damaged: vocoder.data: 5 bytes, expected 18" in result.output
    assert "2 faults. Get the pack again" in result.output


def test_pack_and_unpack_give_the_pack_back(pack: VoicePack, tmp_path: Path) -> None:
    packed = run("pack", pack.root, "-o", tmp_path / "out.zip")
    assert (packed.exit_code, packed.output) == (0, f"{tmp_path / 'out.zip'}\n")
    unpacked = run("unpack", tmp_path / "out.zip")
    assert (unpacked.exit_code, unpacked.output) == (0, f"{tmp_path / 'out.voicepack'}\n")
    assert VoicePack.open(tmp_path / "out.voicepack").manifest == pack.manifest


def test_pack_refuses_a_damaged_pack(pack: VoicePack) -> None:
    (pack.root / "latent.data").unlink()
    result = run("pack", pack.root)
    assert result.exit_code == 1
    assert "latent.data: missing" in result.output
    assert not pack.root.with_name("tiny.voicepack.zip").exists()


def test_inspect_shows_a_language_pack(make_language_pack: MakeLanguagePack) -> None:
    pack = make_language_pack()
    lines = [" ".join(line.split()) for line in run("inspect", pack.root).output.splitlines()]
    for line in (
        "Language zh",
        "BERT sha256 aaaaaaaaaaaaaaaa…",
        "Features 1024 a character, 6 tokens at once",
        "Closeness exact",
        "Readings by dictionary (no g2pW)",
        "Made by voicepack test",
    ):
        assert line in lines
    shown = json.loads(run("inspect", pack.root, "--json").output)
    assert shown == json.loads((pack.root / "manifest.json").read_text("utf-8"))


def test_verify_says_that_a_language_pack_is_intact(make_language_pack: MakeLanguagePack) -> None:
    pack = make_language_pack()
    (pack.root / "notes.txt").write_text("mine", "utf-8")
    result = run("verify", pack.root)
    assert result.exit_code == 0
    assert "note: notes.txt: not part of the pack, and never read" in result.output
    assert f"ok: {pack.root}: 3 files" in result.output


def test_verify_names_each_damaged_file_of_a_language_pack(
    make_language_pack: MakeLanguagePack,
) -> None:
    pack = make_language_pack()
    (pack.root / "vocab.txt").unlink()
    (pack.root / "bert.data").write_bytes(b"")
    result = run("verify", pack.root)
    assert result.exit_code == 1
    assert "damaged: vocab.txt: missing" in result.output
    assert "damaged: bert.data: 0 bytes, expected" in result.output


def test_verify_says_whether_voices_can_take_what_a_language_pack_gives(
    make_language_pack: MakeLanguagePack,
) -> None:
    result = run("verify", make_language_pack(width=8).root)
    assert result.exit_code == 1
    assert "gives 8 features a character, but voices take 1024" in result.output


@pytest.mark.parametrize("command", ["inspect", "verify", "pack", "unpack"])
def test_a_missing_path_is_wrong_usage(command: str, tmp_path: Path) -> None:
    assert run(command, tmp_path / "nowhere").exit_code == 2


@pytest.mark.parametrize("command", ["inspect", "verify", "pack"])
def test_a_folder_that_is_no_pack_fails_in_one_line(command: str, tmp_path: Path) -> None:
    result = run(command, tmp_path)
    assert result.exit_code == 1
    assert result.output == f"Error: {tmp_path}: not a voice pack: it has no manifest.json.\n"


@pytest.mark.parametrize("command", ["inspect", "verify", "pack", "unpack"])
def test_help_shows_examples(command: str) -> None:
    assert f"  voicepack {command} my.voicepack" in run(command, "--help").output
