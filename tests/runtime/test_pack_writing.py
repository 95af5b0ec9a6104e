"""Writing voice packs: complete or not at all, and never at the cost of other files."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import Manifest
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import Build, replace_pack, write_pack, write_prompt
from voicepack.runtime.phones import Phones
from voicepack.runtime.prompt import Prompt


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_written_pack_opens(tmp_path: Path, build: Build) -> None:
    written = write_pack(tmp_path / "a.voicepack", build)
    assert VoicePack.open(tmp_path / "a.voicepack") == written


def test_the_same_voice_gives_the_same_bytes(tmp_path: Path, build: Build) -> None:
    write_pack(tmp_path / "a", build)
    write_pack(tmp_path / "b", build)
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def test_others_may_read_a_written_pack_as_far_as_the_umask_says(
    tmp_path: Path, build: Build
) -> None:
    (tmp_path / "plain").mkdir()
    write_pack(tmp_path / "a", build)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == stat.S_IMODE(
        (tmp_path / "plain").stat().st_mode
    )


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_build_that_fails_leaves_nothing(tmp_path: Path, failure: type[BaseException]) -> None:
    def fails(folder: Path) -> Manifest:
        (folder / "half").write_text("written")
        raise failure

    with pytest.raises(failure):
        write_pack(tmp_path / "a", fails)
    assert list(tmp_path.iterdir()) == []


def test_a_pack_that_would_not_open_is_not_written(tmp_path: Path, build: Build) -> None:
    def lacks_weights(folder: Path) -> Manifest:
        manifest = build(folder)
        (folder / "latent.data").unlink()
        return manifest

    with pytest.raises(PackError, match=r"'latent.data' is not listed in files"):
        write_pack(tmp_path / "a", lacks_weights)
    assert list(tmp_path.iterdir()) == []


def test_a_graph_that_reads_elsewhere_is_not_written(tmp_path: Path, build: Build) -> None:
    def reads_elsewhere(folder: Path) -> Manifest:
        manifest = build(folder)
        graph = folder / "latent.onnx"
        graph.write_bytes(graph.read_bytes().replace(b"latent.data", b"../../a.bin"))
        return manifest

    with pytest.raises(PackError, match=r"latent.onnx: reads weights from \['../../a.bin'\]"):
        write_pack(tmp_path / "a", reads_elsewhere)


def test_references_are_read_before_the_pack_appears(tmp_path: Path, build: Build) -> None:
    def small_vocabulary(folder: Path) -> Manifest:
        manifest = build(folder)
        return replace(manifest, text2semantic=replace(manifest.text2semantic, vocabulary=5))

    with pytest.raises(PackError, match="the manifest says 732"):
        write_pack(tmp_path / "a", small_vocabulary)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_destination_is_refused_and_untouched(pack: VoicePack, build: Build) -> None:
    before = files_of(pack.root)
    with pytest.raises(PackError, match="exists already"):
        write_pack(pack.root, build)
    assert files_of(pack.root) == before


def test_a_destination_without_parent_folder_is_refused(tmp_path: Path, build: Build) -> None:
    with pytest.raises(PackError, match="its folder does not exist"):
        write_pack(tmp_path / "nowhere" / "a", build)


def test_a_pack_is_replaced_by_another(pack: VoicePack, build: Build) -> None:
    written = replace_pack(pack.root, lambda folder: replace(build(folder), name="newer"))
    assert VoicePack.open(pack.root) == written
    assert written.manifest.name == "newer"
    assert list(pack.root.parent.iterdir()) == [pack.root]


def test_replacing_nothing_writes_a_new_pack(tmp_path: Path, build: Build) -> None:
    replace_pack(tmp_path / "a", build)
    assert VoicePack.open(tmp_path / "a").manifest.name == "tiny"


def test_the_old_pack_stays_when_its_successor_fails(pack: VoicePack) -> None:
    before = files_of(pack.root.parent)

    def fails(folder: Path) -> Manifest:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        replace_pack(pack.root, fails)
    assert files_of(pack.root.parent) == before


def test_the_old_pack_comes_back_when_the_last_rename_fails(
    pack: VoicePack, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(pack.root.parent)
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if path.suffix == ".partial":
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_pack(pack.root, build)
    assert files_of(pack.root.parent) == before


def test_a_folder_that_is_no_pack_is_never_replaced(tmp_path: Path, build: Build) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_text("meow")
    with pytest.raises(PackError, match="Not replaced, for it is no intact voice pack"):
        replace_pack(tmp_path / "photos", build)
    assert files_of(tmp_path) == {"photos/cat.jpg": b"meow"}


def test_a_pack_with_files_of_the_user_is_never_replaced(pack: VoicePack, build: Build) -> None:
    (pack.root / "out.wav").write_text("mine")
    with pytest.raises(PackError, match=r"not replaced, for it also holds 'out.wav'"):
        replace_pack(pack.root, build)
    assert (pack.root / "out.wav").read_text() == "mine"


def test_a_link_to_a_pack_is_never_replaced(pack: VoicePack, build: Build) -> None:
    link = pack.root.with_name("current")
    link.symlink_to(pack.root)
    with pytest.raises(PackError, match="not replaced, for it is a link"):
        replace_pack(link, build)


@pytest.mark.parametrize("name", ["", "..", "a/b", "../a", "a\0", "nul", "a:b", "x" * 300])
def test_a_reference_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    prompt = Prompt(
        name, "en", "", Phones(np.zeros(0, np.int64)), np.zeros(0, np.int64), np.ones(4, np.float32)
    )
    with pytest.raises(PackError, match="Choose another name"):
        write_prompt(tmp_path, prompt)


def test_two_references_of_one_name_are_refused(tmp_path: Path, pack: VoicePack) -> None:
    write_prompt(tmp_path, pack.prompt())
    with pytest.raises(PackError, match="'default' is taken"):
        write_prompt(tmp_path, pack.prompt())
