"""What is read of a machine, from files as its system writes them."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from voicepack.targets import machine
from voicepack.targets.machine import Machine, this_machine


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(machine, "DEVICE_TREE_MODEL", tmp_path / "model")
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "cpuinfo")
    return tmp_path


def test_a_board_is_named_by_its_device_tree(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    (system / "model").write_bytes(b"Raspberry Pi 5 Model B Rev 1.0\0")
    (system / "cpuinfo").write_text("processor\t: 0\nBogoMIPS\t: 108.00\n")

    assert this_machine() == Machine("aarch64", "Raspberry Pi 5 Model B Rev 1.0")


def test_a_pc_is_named_by_its_processor(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    (system / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Intel(R) N100\n")

    assert this_machine() == Machine("x86_64", "Intel(R) N100")


@pytest.mark.parametrize(("reported", "expected"), [("AMD64", "x86_64"), ("arm64", "aarch64")])
def test_other_systems_names_of_an_architecture_are_known(
    system: Path, monkeypatch: pytest.MonkeyPatch, reported: str, expected: str
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: reported)

    assert this_machine() == Machine(expected, "")
