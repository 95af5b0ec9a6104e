from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.export.errors import ReferenceClipError
from voicepack.export.reference_spec import (
    ReferenceSpec,
    check_names,
    parse_reference,
    read_references,
)

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


@pytest.mark.parametrize(
    ("argument", "name", "clip", "language", "text"),
    [
        ("clip.wav", "default", "clip.wav", "", ""),
        ("calm=clip.wav", "calm", "clip.wav", "", ""),
        ("calm=clip.wav:en", "calm", "clip.wav", "en", ""),
        ("clip.wav:en:Hello.", "default", "clip.wav", "en", "Hello."),
        ("a=b.wav:zh:你好:完", "a", "b.wav", "zh", "你好:完"),
        ("a=b.wav:en:Note: ja:nein = no.", "a", "b.wav", "en", "Note: ja:nein = no."),
        (r"a=C:\clips\b.wav:en:Hi: you.", "a", r"C:\clips\b.wav", "en", "Hi: you."),
        (r"D:\b.wav", "default", r"D:\b.wav", "", ""),
        ("a=b.wav:all_zh:x", "a", "b.wav", "all_zh", "x"),
        ("./a=b.wav", "default", "./a=b.wav", "", ""),
        ("a=/x/y=z.wav:en:Two\nlines.", "a", "/x/y=z.wav", "en", "Two\nlines."),
        ("a=take 10:30.wav:en:Hi.", "a", "take 10:30.wav", "en", "Hi."),
    ],
)
def test_an_argument_is_name_clip_language_and_text(
    argument: str, name: str, clip: str, language: str, text: str
) -> None:
    assert parse_reference(argument) == ReferenceSpec(name, (Path(clip),), language, text)


@given(st.text(min_size=1).filter(lambda text: not text.isspace()))
def test_a_text_may_hold_anything(text: str) -> None:
    assert parse_reference(f"a=b.wav:en:{text}").text == text


@pytest.mark.parametrize(
    ("argument", "complaint"),
    [
        ("", "has no clip"),
        ("calm=", "has no clip"),
        ("my voice=clip.wav", "letters, digits, - or _"),
        ("=clip.wav", "letters, digits, - or _"),
    ],
)
def test_a_wrong_argument_is_refused(argument: str, complaint: str) -> None:
    with pytest.raises(ReferenceClipError, match=complaint):
        parse_reference(argument)
