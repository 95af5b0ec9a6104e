from __future__ import annotations

from pathlib import Path

import pytest

from voicepack.export.errors import ReferenceClipError
from voicepack.export.reference_spec import ReferenceSpec, check_names, read_references

pytestmark = pytest.mark.torch

CLIP = (Path("clip.wav"),)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "references.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_references_are_read_in_order_with_paths_from_the_files_folder(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        [[reference]]
        name = "calm"
        clip = "clips/calm.wav"
        language = "en"
        text = "Hello thére."

        [[reference]]
        name = "timbre_2"
        clips = ["a.wav", "/recordings/b.flac"]
        """,
    )
    assert read_references(path) == (
        ReferenceSpec("calm", (tmp_path / "clips/calm.wav",), "en", "Hello thére."),
        ReferenceSpec("timbre_2", (tmp_path / "a.wav", Path("/recordings/b.flac"))),
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", r"no references"),
        ("reference = []", r"no references"),
        ("[reference]\nname = 'a'", r"no references"),
        ("reference = [1]", r"reference 1: expected a \[\[reference\]\] table, found 1"),
        ("[[reference]\nname = 'a'", r"not TOML .*line 1"),
        ("[[reference]]\nclip = 'a.wav'", r"reference 1: name is None"),
        ("[[reference]]\nname = 'a'", r"either clip or clips"),
        ("[[reference]]\nname = 'a'\nclip = 'b'\nclips = ['c']", r"either clip or clips"),
        ("[[reference]]\nname = 'a'\nclips = 'c'", r"clips is 'c', expected a list"),
        ("[[reference]]\nname = 'a'\nclip = 3", r"clip is 3, expected text"),
        ("[[reference]]\nname = 'a'\nclips = []", r"'a' has no clip"),
        ("[[reference]]\nname = 'a'\nclip = 'b'\nlang = 'en'", r"unknown lang"),
        ("[[reference]]\nname = 'a'\nclip = 'b'\ntext = 'c'", r"'a' has a text but no language"),
    ],
)
def test_a_wrong_list_is_refused_with_the_place(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ReferenceClipError, match=complaint):
        read_references(write(tmp_path, text))


def test_a_list_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "references.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReferenceClipError, match="not TOML"):
        read_references(path)


def test_a_missing_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceClipError, match=r"absent\.toml: no such list"):
        read_references(tmp_path / "absent.toml")


@pytest.mark.parametrize("name", ["", "a b", "../a", "a/b", "ä", "a.wav", "a" * 65, "a\n"])
def test_a_name_that_is_no_safe_file_name_is_refused(name: str) -> None:
    with pytest.raises(ReferenceClipError, match="letters, digits, - or _"):
        ReferenceSpec(name, CLIP)


def test_names_that_differ_in_case_only_are_refused_for_they_share_a_file() -> None:
    specs = [ReferenceSpec(name, CLIP) for name in ("Calm", "loud", "calm", "LOUD", "x")]
    with pytest.raises(ReferenceClipError, match="more than once: calm, loud"):
        check_names(specs)
