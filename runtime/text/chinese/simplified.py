"""Simplified characters for traditional ones, one for one."""

from __future__ import annotations

from functools import cache

from voicepack.runtime.text.data_files import load_text


def simplify(text: str) -> str:
    """Write each traditional character in its simplified form; the length stays the same."""
    return text.translate(_table())


@cache
def _table() -> dict[int, int]:
    traditional, simplified = load_text("chinese_simplified.txt").splitlines()
    return str.maketrans(traditional, simplified)
