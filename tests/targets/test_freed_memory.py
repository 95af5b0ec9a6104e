"""What the process has freed and the C library keeps."""

from __future__ import annotations

import ctypes
import platform
import resource
from pathlib import Path

import pytest

from voicepack.targets.freed_memory import give_back_freed_memory

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc keeps freed memory"
)
PIECE = 50_000
"""Bytes; glibc maps larger pieces one by one, and so never keeps them."""


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def test_pieces_that_were_freed_between_others_leave_the_process() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.free.argtypes = [ctypes.c_void_p]
    pieces = [libc.malloc(PIECE) for _ in range(2000)]
    for piece in pieces:
        ctypes.memset(piece, 1, PIECE)
    for piece in pieces[:-1]:  # the last one keeps the heap from shrinking by itself
        libc.free(ctypes.c_void_p(piece))
    before = resident_bytes()

    assert give_back_freed_memory()

    libc.free(ctypes.c_void_p(pieces[-1]))
    assert before - resident_bytes() > 0.9 * PIECE * (len(pieces) - 1)
