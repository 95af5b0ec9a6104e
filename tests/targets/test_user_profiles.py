"""Targets that a user adds in TOML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from voicepack.targets.catalogue import find_profile, profiles
from voicepack.targets.errors import TargetError
from voicepack.targets.machine import Machine
from voicepack.targets.selection import machine_fault


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's folder of targets; the catalogue reads it anew."""
    monkeypatch.setenv("VOICEPACK_TARGETS", str(tmp_path))
    profiles.cache_clear()
    yield tmp_path
    profiles.cache_clear()


def test_a_file_is_a_target_over_its_base(folder: Path) -> None:
    (folder / "kiosk.toml").write_text(
        'base = "arm64"\ndescription = "Our kiosk."\nboards = ["RK3588"]\nmemory_mb = 800\n'
    )

    kiosk, base = find_profile("kiosk"), find_profile("arm64")

    assert (kiosk.name, kiosk.description, kiosk.memory_mb) == ("kiosk", "Our kiosk.", 800)
    assert (kiosk.engine, kiosk.kv_cache) == (base.engine, base.kv_cache)
    assert machine_fault(kiosk, Machine("aarch64", "Rockchip RK3588 EVB")) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("base = ", "not a TOML file"),
        ('description = "no base"', "base must be one of .*cpu"),
        ('base = "toaster"', "base must be one of .*cpu"),
        ('base = "cpu"\ncolour = "red"', "'colour' is not known; what can be said is base, desc"),
        ('base = "cpu"\nmemory_mb = "much"', "memory_mb must be a whole number, found 'much'"),
        ('base = "cpu"\nmemory_mb = true', "memory_mb must be a whole number, found True"),
        ('base = "cpu"\nboards = [1]', r"boards must be a list of texts, found \[1\]"),
        ('base = "cpu"\nbind_to_fast_cores = 1', "must be true or false, found 1"),
    ],
)
def test_a_faulty_file_is_named_with_its_fault(folder: Path, text: str, message: str) -> None:
    (folder / "kiosk.toml").write_text(text)

    with pytest.raises(TargetError, match=rf"kiosk\.toml: .*{message}"):
        profiles()


def test_a_name_of_ours_cannot_be_taken(folder: Path) -> None:
    (folder / "cpu.toml").write_text('base = "arm64"')

    with pytest.raises(TargetError, match="there is a target 'cpu' already"):
        profiles()


def test_a_target_that_is_unknown_here_says_where_its_file_belongs(folder: Path) -> None:
    with pytest.raises(TargetError, match=f"{folder}, on the device too"):
        find_profile("kiosk")
