"""Threads are chosen from the cores that are really there."""

from __future__ import annotations

import os
from collections.abc import Callable
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


@pytest.fixture
def capacities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Describe the cores as Linux does on ARM."""
    monkeypatch.setattr(cores, "CPU_FOLDER", tmp_path)

    def describe(*found: int) -> None:
        for core, capacity in enumerate(found):
            (tmp_path / f"cpu{core}").mkdir()
            (tmp_path / f"cpu{core}/cpu_capacity").write_text(f"{capacity}\n")

    return describe


def test_the_fast_cores_of_an_rk3588_are_its_last_four(capacities: Callable[..., None]) -> None:
    capacities(414, 414, 414, 414, 1024, 1024, 1024, 1024)
    assert cores.fast_cores() == (4, 5, 6, 7)


def test_equal_cores_are_not_told_apart(capacities: Callable[..., None]) -> None:
    capacities(1024, 1024, 1024, 1024)
    assert cores.fast_cores() == ()


def test_a_pc_which_names_no_capacities_has_no_fast_cores(capacities: Callable[..., None]) -> None:
    assert cores.fast_cores() == ()


def test_slow_cores_get_no_thread(quota: Path, capacities: Callable[..., None]) -> None:
    quota.write_text("max 100000\n")
    capacities(*[400] * 6, 1024, 1024)
    assert cores.default_threads() == 2
