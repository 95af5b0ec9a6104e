"""Opening a voice pack: what is found, and every kind of damage."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from voicepack.runtime.contract import GraphRole
from voicepack.runtime.errors import PackError
from voicepack.runtime.pack import VoicePack, read_manifest
from voicepack.runtime.verification import verify

Edit = Callable[[str, object], None]


def test_an_intact_pack_opens_as_it_was_written(pack: VoicePack) -> None:
    assert VoicePack.open(pack.root) == pack
    assert VoicePack.open_without_hashing(pack.root) == pack


def test_graphs_are_found_by_role(pack: VoicePack) -> None:
    entry = pack.graph(GraphRole.VOCODER)
    assert pack.path(entry.file).name == "vocoder.onnx"


def test_a_missing_graph_is_named_with_those_there_are(pack: VoicePack, edit: Edit) -> None:
    edit("graphs", [])
    with pytest.raises(PackError, match="no latent graph in the pack"):
        VoicePack.open(pack.root).graph(GraphRole.LATENT)


def test_a_path_that_is_not_listed_is_refused(pack: VoicePack) -> None:
    with pytest.raises(PackError, match=r"lists no file '../secret'"):
        pack.path("../secret")


def test_the_first_reference_is_the_default(pack: VoicePack) -> None:
    prompt = pack.prompt()
    assert (prompt.name, prompt.text) == ("default", "Hello.")
    assert prompt.phones.ids.tolist() == [0, 1, 2, 3, 4, 5]
    assert prompt.tokens.tolist() == list(range(12))


def test_a_reference_without_text_has_no_prompt(pack: VoicePack) -> None:
    prompt = pack.prompt("calm")
    assert (prompt.tokens.size, prompt.phones.ids.size, prompt.embedding.size) == (0, 0, 4)


def test_an_unknown_reference_is_refused_with_the_known_ones(pack: VoicePack) -> None:
    with pytest.raises(PackError, match="Choose one of: default, calm"):
        pack.prompt("angry")


def test_tokens_outside_the_vocabulary_are_refused(pack: VoicePack, edit: Edit) -> None:
    edit("text2semantic/vocabulary", 12)  # token 11 would be the end of speech
    with pytest.raises(PackError, match="tokens outside 0 to 10: 0 to 11"):
        VoicePack.open(pack.root).prompt()


def test_tables_that_do_not_fit_the_graph_are_refused(pack: VoicePack, edit: Edit) -> None:
    edit("text2semantic/num_heads", 3)
    with pytest.raises(PackError, match=r"shape \(1025, 8\), but the manifest says 732 and"):
        VoicePack.open(pack.root).embeddings()


def test_tables_are_read_as_float32(pack: VoicePack) -> None:
    tables = pack.embeddings()
    assert tables.phone.dtype == np.float32
    assert tables.width == 8


@pytest.mark.parametrize("file", ["vocoder.data", "vocoder.onnx", "references/calm.npz"])
def test_a_flipped_bit_is_noticed_by_its_hash(pack: VoicePack, file: str) -> None:
    content = bytearray((pack.root / file).read_bytes())
    content[-1] ^= 1
    (pack.root / file).write_bytes(content)
    with pytest.raises(PackError, match=f"{file}: content changed"):
        VoicePack.open(pack.root)


def test_a_truncated_file_is_noticed_without_hashing(pack: VoicePack) -> None:
    os.truncate(pack.root / "vocoder.data", 4)
    with pytest.raises(PackError, match=r"vocoder.data: 4 bytes, expected 18"):
        VoicePack.open_without_hashing(pack.root)


def test_a_wrong_hash_in_the_manifest_is_noticed(pack: VoicePack, edit: Edit) -> None:
    edit("files/vocoder.data/sha256", "0" * 64)
    with pytest.raises(PackError, match=r"vocoder.data: content changed"):
        VoicePack.open(pack.root)


def test_every_damaged_file_is_named(pack: VoicePack) -> None:
    (pack.root / "latent.data").unlink()
    (pack.root / "vocoder.data").unlink()
    (pack.root / "vocoder.data").mkdir()
    with pytest.raises(PackError, match=r"(?s)latent.data: missing.*vocoder.data: not a regular"):
        VoicePack.open(pack.root)


def test_a_link_out_of_the_pack_is_refused_whatever_it_holds(pack: VoicePack) -> None:
    outside = pack.root.parent / "outside"
    (pack.root / "latent.data").rename(outside)
    (pack.root / "latent.data").symlink_to(outside)
    with pytest.raises(PackError, match=r"latent.data: leads out of the pack"):
        VoicePack.open(pack.root)


def test_a_linked_folder_is_refused_whatever_it_holds(pack: VoicePack) -> None:
    outside = pack.root.parent / "outside"
    (pack.root / "references").rename(outside)
    (pack.root / "references").symlink_to(outside)
    with pytest.raises(PackError, match=r"references/calm.npz: leads out of the pack"):
        VoicePack.open(pack.root)


def test_a_pack_may_be_reached_through_a_link(pack: VoicePack, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(pack.root)
    assert VoicePack.open(tmp_path / "current").manifest == pack.manifest


def test_a_file_beside_the_pack_cannot_be_listed(pack: VoicePack) -> None:
    (pack.root.parent / "secret").write_text("x")
    manifest = pack.root / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("vocoder.data", "../secret"), "utf-8")
    with pytest.raises(PackError, match=r"files: '../secret' must be relative"):
        VoicePack.open(pack.root)


def test_files_that_are_not_listed_are_harmless(pack: VoicePack) -> None:
    (pack.root / "notes.txt").write_text("mine")
    assert VoicePack.open(pack.root) == pack


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="nowhere: no such folder"):
        VoicePack.open(tmp_path / "nowhere")


def test_a_folder_without_a_manifest_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"not a voice pack: it has no manifest.json"):
        VoicePack.open(tmp_path)


def test_a_manifest_of_too_many_bytes_is_refused(pack: VoicePack) -> None:
    os.truncate(pack.root / "manifest.json", (16 << 20) + 1)
    with pytest.raises(PackError, match="more than 16777216 bytes"):
        read_manifest(pack.root)


def test_a_manifest_that_is_not_text_is_refused(pack: VoicePack) -> None:
    (pack.root / "manifest.json").write_bytes(b"\xff\xfe")
    with pytest.raises(PackError, match="not UTF-8"):
        read_manifest(pack.root)


def test_verifying_an_intact_pack_counts_its_files(pack: VoicePack) -> None:
    found = verify(pack.root)
    sizes = [p.stat().st_size for p in pack.root.rglob("*") if p.is_file()]
    assert (found.faults, found.unlisted) == ((), ())
    assert found.num_files == 11  # two of each of four graphs, the tables, two references
    assert found.num_bytes == sum(sizes) - (pack.root / "manifest.json").stat().st_size


def test_verifying_lists_all_faults_and_what_is_not_listed(pack: VoicePack) -> None:
    (pack.root / "latent.data").unlink()
    (pack.root / "vocoder.data").write_bytes(b"WEIGHTS of vocoder")
    (pack.root / "notes.txt").write_text("mine")
    found = verify(pack.root)
    assert [fault.partition(":")[0] for fault in found.faults] == ["latent.data", "vocoder.data"]
    assert found.unlisted == ("notes.txt",)


def test_verifying_reads_the_arrays_too(pack: VoicePack, edit: Edit) -> None:
    edit("text2semantic/vocabulary", 12)
    assert "embedding tables for 732 phones" in verify(pack.root).faults[0]
