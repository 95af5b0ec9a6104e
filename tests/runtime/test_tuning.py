"""The tuning beside a pack: read where it fits, passed over where it does not."""

from __future__ import annotations

import json
import logging

import pytest

from voicepack.runtime import tuning
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.tuning import Tuning, describe, read_tuning, tuning_path, write_tuning
from voicepack.targets.session import CachePrecision

CHOSEN = Tuning(target="cpu", threads=3, spinning=True, cache=CachePrecision.U8, piece_frames=50)


def test_a_tuning_is_found_again_beside_its_pack(pack: VoicePack) -> None:
    path = write_tuning(pack.root, CHOSEN)

    assert path == pack.root.parent / "tiny.voicepack.tuning.json"
    assert read_tuning(pack.root) == CHOSEN
    VoicePack.open(pack.root)  # the signed content is untouched


def test_without_a_file_nothing_is_chosen(pack: VoicePack) -> None:
    assert read_tuning(pack.root) == Tuning()


def test_what_is_asked_for_counts_more_than_what_was_measured() -> None:
    asked = Tuning(threads=1, spinning=False)

    assert asked.or_else(CHOSEN) == Tuning("cpu", 1, False, CachePrecision.U8, 50)


def test_a_tuning_of_another_machine_is_passed_over(
    pack: VoicePack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write_tuning(pack.root, CHOSEN)
    monkeypatch.setattr(tuning, "_machine", lambda: "a toaster")

    with caplog.at_level(logging.WARNING):
        assert read_tuning(pack.root) == Tuning()
    assert "a toaster" in caplog.text
    assert "voicepack tune" in caplog.text


def test_a_tuning_of_another_pack_is_passed_over(pack: VoicePack) -> None:
    write_tuning(pack.root, CHOSEN)
    manifest = pack.root / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8") + "\n", "utf-8")

    assert read_tuning(pack.root) == Tuning()


@pytest.mark.parametrize("content", ["", "[", "[]", "{}", '{"tuning": 3}', "[" * 10_000])
def test_a_damaged_file_stops_no_speech(pack: VoicePack, content: str) -> None:
    tuning_path(pack.root).write_text(content, "utf-8")

    assert read_tuning(pack.root) == Tuning()


def test_a_field_of_a_wrong_type_is_passed_over(pack: VoicePack) -> None:
    path = write_tuning(pack.root, CHOSEN)
    document = json.loads(path.read_text("utf-8"))
    document["tuning"]["threads"] = "many"
    path.write_text(json.dumps(document), "utf-8")

    assert read_tuning(pack.root) == Tuning()


def test_a_tuning_reads_as_a_line() -> None:
    assert describe(CHOSEN) == "target cpu, threads 3, spinning on, cache u8, piece frames 50"
    assert describe(Tuning(threads=2)) == "threads 2"
