"""Threads are chosen from the cores that are really there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from voicepack.targets import cores


@pytest.fixture
def quota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A container's quota file to write, on a machine of eight cores."""
    file = tmp_path / "cpu.max"
    monkeypatch.setattr(cores, "CGROUP_V2_QUOTA", file)
    monkeypatch.setattr(cores, "CGROUP_V1_QUOTA", tmp_path / "absent")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    return file


def test_without_a_quota_the_affinity_counts(quota: Path) -> None:
    quota.write_text("max 100000\n")
    assert cores.available_cores() == 8


def test_a_container_s_quota_counts(quota: Path) -> None:
    quota.write_text("250000 100000\n")
    assert cores.available_cores() == 2


def test_less_than_one_core_is_still_one(quota: Path) -> None:
    quota.write_text("50000 100000\n")
    assert cores.available_cores() == 1


def test_an_unreadable_quota_is_passed_over(quota: Path) -> None:
    quota.write_text("nonsense")
    assert cores.available_cores() == 8


def test_a_voice_takes_no_more_than_four_threads(quota: Path) -> None:
    quota.write_text("max 100000\n")
    assert cores.default_threads() == 4
