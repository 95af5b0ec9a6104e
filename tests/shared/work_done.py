"""Counts what a function does, so that a test can tell linear work from more without a clock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import voicepack.runtime

PACKAGE = str(Path(voicepack.runtime.__file__).parent)


def lines_run(work: Callable[[], object]) -> int:
    """Call `work`; return how many lines of the runtime were executed."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def grows_linearly(work: Callable[[str], object], pattern: str, length: int) -> bool:
    """Tell whether five times the text takes at most seven times the lines.

    A square law would take 25 times as many. Tables are loaded before, with a shorter text.
    """
    loading, short, long = ((pattern * size)[:size] for size in (50, length, 5 * length))
    work(loading)
    return lines_run(lambda: work(long)) <= 7 * lines_run(lambda: work(short)) + 1000
