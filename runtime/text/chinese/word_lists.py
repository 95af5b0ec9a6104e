"""Lists of words that rules of tone cannot tell."""

from __future__ import annotations

from functools import cache

from voicepack.runtime.text.data_files import load_text


@cache
def word_list(name: str) -> frozenset[str]:
    """Read the list "neutral", "not_neutral", "erhua" or "not_erhua"."""
    lines = dict(line.split(": ") for line in load_text("chinese_words.txt").splitlines())
    return frozenset(lines[name].split())
