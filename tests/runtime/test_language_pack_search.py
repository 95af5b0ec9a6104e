"""A voice finds the language pack that fits it, and takes no other."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from voicepack.runtime.errors import PackError
from voicepack.runtime.language_pack import LanguagePack
from voicepack.runtime.language_pack_search import VARIABLE, find_language_pack, refuse_unfit
from voicepack.runtime.pack import VoicePack

MakeLanguagePack = Callable[..., LanguagePack]
OURS, OTHER = "a" * 64, "b" * 64


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def voice(pack: VoicePack) -> VoicePack:
    """A voice whose references were made with a certain BERT."""
    return VoicePack(pack.root, replace(pack.manifest, shared_components={"bert": OURS}))


def test_without_language_packs_there_is_none(voice: VoicePack) -> None:
    assert find_language_pack(voice, "zh") is None


def test_one_beside_the_voice_pack_is_found(
    voice: VoicePack, make_language_pack: MakeLanguagePack
) -> None:
    beside = make_language_pack("zh.languagepack", OURS)
    assert find_language_pack(voice, "zh") == beside


def test_one_of_another_bert_or_language_is_passed_over(
    voice: VoicePack, make_language_pack: MakeLanguagePack
) -> None:
    make_language_pack("first.languagepack", OTHER)
    fitting = make_language_pack("second.languagepack", OURS)
    assert find_language_pack(voice, "zh") == fitting
    assert find_language_pack(voice, "ja") is None


def test_a_voice_made_without_bert_takes_any(
    pack: VoicePack, make_language_pack: MakeLanguagePack
) -> None:
    other = make_language_pack("zh.languagepack", OTHER)
    assert find_language_pack(pack, "zh") == other
    refuse_unfit(pack, [other.root])


def test_given_ones_come_before_named_ones_and_those_before_neighbours(
    voice: VoicePack, make_language_pack: MakeLanguagePack, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = make_language_pack("zh.languagepack", OURS)
    assert find_language_pack(voice, "zh") == beside
    named = make_language_pack("installed/any.languagepack", OURS)
    monkeypatch.setenv(VARIABLE, os.pathsep.join(["", str(named.root.parent)]))
    assert find_language_pack(voice, "zh") == named
    monkeypatch.setenv(VARIABLE, str(named.root))
    assert find_language_pack(voice, "zh") == named
    given = make_language_pack("elsewhere/mine", OURS)
    assert find_language_pack(voice, "zh", [given.root]) == given


def test_a_given_one_of_another_bert_is_refused(
    voice: VoicePack, make_language_pack: MakeLanguagePack
) -> None:
    other = make_language_pack("elsewhere/mine", OTHER)
    with pytest.raises(PackError, match=r"another BERT \(bbbbbbbbbbbb\.\.\.\)"):
        refuse_unfit(voice, [other.root])


def test_a_variable_that_names_nothing_is_an_error(
    voice: VoicePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(PackError, match=f"nowhere: no such folder, but {VARIABLE} names it"):
        find_language_pack(voice, "zh")


def test_a_damaged_one_is_an_error(voice: VoicePack, make_language_pack: MakeLanguagePack) -> None:
    beside = make_language_pack("zh.languagepack", OURS)
    (beside.root / "vocab.txt").write_text("[UNK]")
    with pytest.raises(PackError, match=r"vocab\.txt: 5 bytes"):
        find_language_pack(voice, "zh")
