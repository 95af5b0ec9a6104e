"""Voice packs as zip archives: the round trip, and archives made to harm."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voicepack.runtime.archive import (
    pack_to_zip,
    read_zip_manifest,
    unpack_zip,
    unpacked_path,
    zip_path,
)
from voicepack.runtime.errors import PackError
from voicepack.runtime.pack import VoicePack

Entry = tuple[str | zipfile.ZipInfo, bytes]
Edit = Callable[[str, object], None]

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")


@pytest.fixture
def archive(pack: VoicePack) -> Path:
    path = pack.root.with_name("tiny.voicepack.zip")
    pack_to_zip(pack, path)
    return path


def entries(pack: VoicePack) -> list[Entry]:
    files = sorted(p for p in pack.root.rglob("*") if p.is_file())
    return [(p.relative_to(pack.root).as_posix(), p.read_bytes()) for p in files]


def write_zip(path: Path, contents: list[Entry], compression: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in contents:
            archive.writestr(name, content)
    return path


def test_a_pack_survives_the_round_trip(pack: VoicePack, archive: Path, tmp_path: Path) -> None:
    unpacked = unpack_zip(archive, tmp_path / "b.voicepack")
    assert unpacked.manifest == pack.manifest
    assert entries(unpacked) == entries(pack)


def test_the_same_pack_gives_the_same_archive(pack: VoicePack, archive: Path) -> None:
    for file in pack.root.rglob("*"):
        os.utime(file, (1e9, 1e9))
    pack_to_zip(pack, archive.with_name("again.zip"))
    assert archive.with_name("again.zip").read_bytes() == archive.read_bytes()


def test_other_tools_read_the_archive(pack: VoicePack, archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        assert opened.namelist()[0] == "manifest.json"
        assert {info.compress_type for info in opened.infolist()} == {zipfile.ZIP_STORED}


def test_what_is_not_part_of_the_pack_stays_out_of_the_archive(pack: VoicePack) -> None:
    (pack.root / "notes.txt").write_text("mine")
    pack_to_zip(pack, pack.root.with_name("a.zip"))
    assert "notes.txt" not in zipfile.ZipFile(pack.root.with_name("a.zip")).namelist()


def test_an_existing_archive_is_not_overwritten(pack: VoicePack, archive: Path) -> None:
    with pytest.raises(PackError, match="exists already"):
        pack_to_zip(pack, archive)


def test_an_archive_that_fails_leaves_nothing(pack: VoicePack) -> None:
    (pack.root / "vocoder.data").unlink()
    with pytest.raises(FileNotFoundError):
        pack_to_zip(pack, pack.root.with_name("a.zip"))
    assert list(pack.root.parent.iterdir()) == [pack.root]


def test_the_manifest_is_read_without_unpacking(pack: VoicePack, archive: Path) -> None:
    assert read_zip_manifest(archive) == pack.manifest


def test_an_archive_is_not_opened_as_a_pack(archive: Path) -> None:
    with pytest.raises(PackError, match="Run `voicepack unpack"):
        VoicePack.open(archive)


def test_archives_compressed_by_other_tools_are_read(pack: VoicePack, tmp_path: Path) -> None:
    folder = zipfile.ZipInfo("references/")
    path = write_zip(tmp_path / "a.zip", [(folder, b""), *entries(pack)], zipfile.ZIP_DEFLATED)
    assert unpack_zip(path, tmp_path / "b").manifest == pack.manifest


def test_an_existing_destination_is_untouched(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine").write_text("mine")
    with pytest.raises(PackError, match="exists already"):
        unpack_zip(archive, tmp_path / "b")
    assert (tmp_path / "b" / "mine").read_text() == "mine"


def link_entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (("../evil", b"x"), r"too many: \['../evil'\]"),
        (("/tmp/evil", b"x"), r"too many: \['/tmp/evil'\]"),
        (("C:\\evil", b"x"), "too many: "),
        (("vocoder.data", b"weights of vocoder"), r"too many: \['vocoder.data'"),
        (("VOCODER.data", b"weights of vocoder"), r"too many: \['VOCODER.data'\]"),
        (("vocoder.data/x", b""), r"too many: \['vocoder.data/x'\]"),
        (("manifest.json", b"{}"), "expected one manifest.json"),
        ((link_entry("evil"), b"/etc/passwd"), "'evil' is a link"),
    ],
)
def test_an_entry_the_manifest_does_not_list_is_refused(
    pack: VoicePack, tmp_path: Path, extra: Entry, message: str
) -> None:
    path = write_zip(tmp_path / "a.zip", [*entries(pack), extra])
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(PackError, match=message):
        unpack_zip(path, tmp_path / "b")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_listed_path_that_leads_out_is_refused(pack: VoicePack, tmp_path: Path) -> None:
    contents: list[Entry] = [
        (str(name).replace("vocoder.data", "../evil"), content.replace(b"vocoder.data", b"../evil"))
        for name, content in entries(pack)
    ]
    with pytest.raises(PackError, match=r"'../evil' must be relative"):
        unpack_zip(write_zip(tmp_path / "a.zip", contents), tmp_path / "b")
    assert not (tmp_path / "evil").exists()


def test_a_missing_file_is_named(pack: VoicePack, tmp_path: Path) -> None:
    contents = [entry for entry in entries(pack) if entry[0] != "latent.data"]
    with pytest.raises(PackError, match=r"missing: \['latent.data'\]"):
        unpack_zip(write_zip(tmp_path / "a.zip", contents), tmp_path / "b")


def test_a_link_in_place_of_a_file_is_refused(pack: VoicePack, tmp_path: Path) -> None:
    contents = [entry for entry in entries(pack) if entry[0] != "latent.data"]
    contents.append((link_entry("latent.data"), b"/etc/passwd"))
    with pytest.raises(PackError, match=r"'latent.data' is a link"):
        unpack_zip(write_zip(tmp_path / "a.zip", contents), tmp_path / "b")


def test_changed_content_is_refused_and_leaves_nothing(pack: VoicePack, tmp_path: Path) -> None:
    contents = [
        (n, c.replace(b"weights of latent", b"WEIGHTS OF LATENT")) for n, c in entries(pack)
    ]
    path = write_zip(tmp_path / "a.zip", contents)
    with pytest.raises(PackError, match=r"latent.data: content changed"):
        unpack_zip(path, tmp_path / "b")
    assert sorted(tmp_path.iterdir()) == [path, pack.root]


def test_an_entry_larger_than_the_manifest_says_is_refused(pack: VoicePack, tmp_path: Path) -> None:
    contents = [(n, bytes(10**7) if n == "latent.data" else c) for n, c in entries(pack)]
    path = write_zip(tmp_path / "a.zip", contents, zipfile.ZIP_DEFLATED)
    with pytest.raises(
        PackError, match=r"latent.data has 10000000 bytes, but the manifest says 17"
    ):
        unpack_zip(path, tmp_path / "b")


def test_an_archive_that_lies_about_sizes_writes_no_more_than_it_declared(
    pack: VoicePack, tmp_path: Path
) -> None:
    contents = [(n, bytes(10**7) if n == "latent.data" else c) for n, c in entries(pack)]
    path = write_zip(tmp_path / "a.zip", contents, zipfile.ZIP_DEFLATED)
    lie = path.read_bytes().replace((10**7).to_bytes(4, "little"), (17).to_bytes(4, "little"))
    path.write_bytes(lie)
    with pytest.raises(PackError, match="Get"):
        unpack_zip(path, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_a_bomb_with_an_honest_manifest_is_refused(
    pack: VoicePack, edit: Edit, tmp_path: Path
) -> None:
    edit("files/latent.data/size", 10**7)
    contents = [(n, bytes(10**7) if n == "latent.data" else c) for n, c in entries(pack)]
    path = write_zip(tmp_path / "a.zip", contents, zipfile.ZIP_DEFLATED)
    with pytest.raises(PackError, match="more than 100 times"):
        unpack_zip(path, tmp_path / "b")


def test_a_manifest_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    path = write_zip(
        tmp_path / "a.zip", [("manifest.json", b" " * (20 << 20))], zipfile.ZIP_DEFLATED
    )
    with pytest.raises(PackError, match="more than 16777216 bytes"):
        read_zip_manifest(path)


def test_an_archive_of_too_many_entries_is_refused(pack: VoicePack, tmp_path: Path) -> None:
    many: list[Entry] = [(f"{i}/", b"") for i in range(2001)]
    with pytest.raises(PackError, match="at most 1000 files"):
        unpack_zip(write_zip(tmp_path / "a.zip", [*entries(pack), *many]), tmp_path / "b")


def test_a_device_without_room_is_told_before_it_is_full(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(PackError, match="bytes needed, 10 free"):
        unpack_zip(archive, tmp_path / "b")


def test_an_unknown_compression_is_refused(pack: VoicePack, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", entries(pack), zipfile.ZIP_BZIP2)
    with pytest.raises(PackError, match="compressed in an unknown way"):
        unpack_zip(path, tmp_path / "b")


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"not a zip at all"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(PackError, match="not an intact zip archive"):
        unpack_zip(tmp_path / "a.zip", tmp_path / "b")


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", [("cat.jpg", b"meow")])
    with pytest.raises(PackError, match="not a packed voice pack"):
        read_zip_manifest(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(position=st.integers(min_value=0), bit=st.integers(0, 7), end=st.booleans())
def test_any_flipped_bit_gives_the_same_pack_or_none(
    archive: Path, pack: VoicePack, position: int, bit: int, end: bool
) -> None:
    content = bytearray(archive.read_bytes())
    # Half of the positions are in the directory at the end, where the parser reads.
    span = min(1200, len(content)) if end else len(content)
    content[-1 - position % span] ^= 1 << bit
    damaged = archive.with_name("damaged.zip")
    damaged.write_bytes(content)
    target = archive.with_name(f"target-{position}-{bit}-{end}")
    try:
        unpacked = unpack_zip(damaged, target)
    except PackError:
        assert not target.exists()
    else:
        assert json.loads((unpacked.root / "manifest.json").read_text("utf-8"))
        assert entries(unpacked) == entries(pack)
        target.rename(archive.with_name(f"done-{os.urandom(8).hex()}"))


@pytest.mark.parametrize(
    ("pack_name", "archive_name"),
    [
        ("my.voicepack", "my.voicepack.zip"),
        ("my", "my.voicepack.zip"),
        ("a.b", "a.b.voicepack.zip"),
    ],
)
def test_an_archive_is_named_after_its_pack(pack_name: str, archive_name: str) -> None:
    assert zip_path(Path(pack_name)).name == archive_name


@pytest.mark.parametrize("name", ["my.voicepack.zip", "my.zip", "my"])
def test_a_pack_is_named_after_its_archive(name: str) -> None:
    assert unpacked_path(Path("voices") / name) == Path("voices/my.voicepack")
