"""The lexicon that a pack may hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import Manifest
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import Build, write_pack
from voicepack.runtime.text.lexicon import NO_WORDS
from voicepack.runtime.text.parts import GivenPhones

Edit = Callable[[str, object], None]


def with_lexicon(build: Build, toml: str) -> Build:
    def fill(folder: Path) -> Manifest:
        manifest = build(folder)
        (folder / "lexicon.toml").write_text(toml, "utf-8")
        return replace(manifest, lexicon="lexicon.toml")

    return fill


def test_a_pack_without_a_lexicon_has_no_words(pack: VoicePack) -> None:
    assert pack.lexicon() is NO_WORDS


def test_the_words_of_a_pack_are_those_of_its_file(build: Build, tmp_path: Path) -> None:
    fill = with_lexicon(build, '[en]\nNguyen = "W IH1 N"')
    write_pack(tmp_path / "named.voicepack", fill)
    lexicon = VoicePack.open(tmp_path / "named.voicepack").lexicon()
    assert lexicon.apply(("Nguyen",), "en")[1] == GivenPhones("Nguyen", ("W", "IH1", "N"), "en")


def test_a_changed_lexicon_is_noticed(build: Build, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "a.voicepack", with_lexicon(build, '[en]\nNguyen = "W IH1 N"'))
    (pack.root / "lexicon.toml").write_text('[en]\nNguyen = "W IH1 M"', "utf-8")
    with pytest.raises(PackError, match=r"lexicon\.toml: "):
        VoicePack.open(pack.root)


def test_a_pack_with_a_lexicon_for_another_voice_is_not_written(
    build: Build, tmp_path: Path
) -> None:
    with pytest.raises(PackError, match=r"(?s)'Nguyen'.*'W7'.*Export the voice again"):
        write_pack(tmp_path / "a.voicepack", with_lexicon(build, '[en]\nNguyen = "W7"'))


def test_a_lexicon_that_is_not_listed_is_refused(pack: VoicePack, edit: Edit) -> None:
    edit("lexicon", "../words.toml")
    with pytest.raises(PackError, match=r"lexicon: '\.\./words\.toml' is not listed in files"):
        VoicePack.open(pack.root)
