"""Compares version numbers of engines."""

from __future__ import annotations

import re


def at_least(found: str, wanted: str) -> bool:
    """Tell whether version `found` is `wanted` or newer.

    Args:
        found: Such as "1.32.0" or "1.23.0.dev20250901+cu126"; what follows the numbers is ignored.
        wanted: Such as "1.32".
    """
    return _numbers(found) >= _numbers(wanted)


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in re.findall(r"\d+", version)[:3]]
    return tuple(numbers + [0] * (3 - len(numbers)))
