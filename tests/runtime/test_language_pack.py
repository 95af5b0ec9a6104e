"""A language pack is what its manifest says, or is refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from voicepack.runtime.errors import PackError
from voicepack.runtime.language_manifest import dump, parse
from voicepack.runtime.language_pack import (
    LanguagePack,
    replace_language_pack,
    write_language_pack,
)
from voicepack.runtime.pack import VoicePack

MakeLanguagePack = Callable[..., LanguagePack]


@pytest.fixture
def language_pack(make_language_pack: MakeLanguagePack) -> LanguagePack:
    return make_language_pack()


def edit(pack: LanguagePack, place: str, value: object) -> None:
    file = pack.root / "manifest.json"
    document = json.loads(file.read_text("utf-8"))
    *way, last = place.split("/")
    target = document
    for key in way:
        target = target[key]
    target[last] = value
    file.write_text(json.dumps(document), "utf-8")


def test_what_was_written_is_what_is_opened(language_pack: LanguagePack) -> None:
    assert LanguagePack.open(language_pack.root) == language_pack
    assert sorted(language_pack.manifest.files) == ["bert.data", "bert.onnx", "vocab.txt"]


def test_a_manifest_survives_writing_and_reading(language_pack: LanguagePack) -> None:
    manifest = replace(
        language_pack.manifest, bert=replace(language_pack.manifest.bert, snr_db=26.5)
    )
    assert parse(dump(manifest), "here") == manifest


@pytest.mark.parametrize("name", ["bert.data", "bert.onnx", "vocab.txt"])
def test_a_changed_file_is_named(language_pack: LanguagePack, name: str) -> None:
    file = language_pack.root / name
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(PackError, match=f"{name}: content changed"):
        LanguagePack.open(language_pack.root)


def test_a_missing_file_is_named(language_pack: LanguagePack) -> None:
    (language_pack.root / "vocab.txt").unlink()
    with pytest.raises(PackError, match=r"vocab\.txt: missing"):
        LanguagePack.open(language_pack.root)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("kind", "voice pack", "its kind is 'voice pack'"),
        ("format", 2, "language pack format 2, but this runtime reads 1 to 1"),
        ("format", True, "language pack format True"),
        ("language", None, "language: expected text"),
        ("bert/identity", "abc", r"bert\.identity: expected 64 hexadecimal digits"),
        ("bert/width", 0, r"bert\.width: 0 is outside"),
        ("bert/num_positions", 2, r"bert\.num_positions: 2 is outside"),
        ("bert/vocabulary", "../vocab.txt", "'../vocab.txt' is not listed"),
        ("bert/graph/weights", "b.data", "'b.data' is not listed"),
        ("files", {"/etc/passwd": {"sha256": "0" * 64, "size": 1}}, "must be relative"),
    ],
)
def test_a_manifest_with_a_fault_is_refused(
    language_pack: LanguagePack, place: str, value: object, message: str
) -> None:
    edit(language_pack, place, value)
    with pytest.raises(PackError, match=message):
        LanguagePack.open(language_pack.root)


def test_a_voice_pack_is_no_language_pack(pack: VoicePack) -> None:
    with pytest.raises(PackError, match="not a language pack: its kind is None"):
        LanguagePack.open(pack.root)


def test_a_folder_without_manifest_is_no_language_pack(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"it has no manifest\.json"):
        LanguagePack.open(tmp_path)


def test_a_manifest_that_is_no_text_is_refused(language_pack: LanguagePack) -> None:
    (language_pack.root / "manifest.json").write_bytes(b"\xff")
    with pytest.raises(PackError, match="not UTF-8"):
        LanguagePack.open(language_pack.root)


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def build(folder: Path) -> None:
        (folder / "vocab.txt").write_text("half")
        raise PackError("no more")

    with pytest.raises(PackError, match="no more"):
        write_language_pack(tmp_path / "zh.languagepack", build)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_language_pack_can_be_replaced(make_language_pack: MakeLanguagePack) -> None:
    old, new = make_language_pack(), make_language_pack("new.languagepack", identity="b" * 64)

    def copy(folder: Path) -> object:
        for name in new.manifest.files:
            (folder / name).write_bytes((new.root / name).read_bytes())
        return new.manifest

    replaced = replace_language_pack(old.root, copy)  # type: ignore[arg-type]
    assert LanguagePack.open(old.root) == replaced
    assert replaced.manifest == new.manifest


def test_nothing_but_a_language_pack_is_replaced(
    pack: VoicePack, language_pack: LanguagePack
) -> None:
    def build(folder: Path) -> object:
        return language_pack.manifest

    with pytest.raises(PackError, match="not a language pack"):
        replace_language_pack(pack.root, build)  # type: ignore[arg-type]
    (language_pack.root / "notes.txt").write_text("mine")
    with pytest.raises(PackError, match=r"also holds 'notes\.txt'"):
        replace_language_pack(language_pack.root, build)  # type: ignore[arg-type]
    assert (language_pack.root / "notes.txt").read_text() == "mine"
