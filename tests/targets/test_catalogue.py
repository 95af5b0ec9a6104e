"""Targets are found by their files, and unknown ones are named."""

from __future__ import annotations

import pytest

from voicepack.targets.catalogue import DEFAULT_TARGET, find_profile, profiles
from voicepack.targets.errors import TargetError
from voicepack.targets.version import at_least


def test_the_default_target_is_in_the_catalogue() -> None:
    assert DEFAULT_TARGET in profiles()


def test_every_profile_has_the_name_it_is_found_by() -> None:
    assert all(name == profile.name for name, profile in profiles().items())


def test_an_unknown_target_is_answered_with_the_known_ones() -> None:
    with pytest.raises(TargetError, match=r"toaster.*cpu"):
        find_profile("toaster")


@pytest.mark.parametrize(
    ("found", "wanted", "enough"),
    [
        ("1.32.0", "1.32.0", True),
        ("1.32", "1.32.0", True),
        ("1.9.0", "1.20.0", False),
        ("1.23.0.dev20250901+cu126", "1.20", True),
        ("2.0", "1.99.9", True),
    ],
)
def test_versions_compare_as_numbers(found: str, wanted: str, enough: bool) -> None:
    assert at_least(found, wanted) is enough
