"""Gives memory back to the system that the process has freed."""

from __future__ import annotations

import ctypes
import sys


def give_back_freed_memory() -> bool:
    """Let the C library return what it keeps for later; tell whether it could.

    An engine that arranges weights while it loads frees as many bytes as it takes, and glibc keeps
    them: 110 MB after text2semantic of a full-size voice in fp32. Other C libraries return memory
    by themselves.
    """
    if not sys.platform.startswith("linux"):
        return False
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))
