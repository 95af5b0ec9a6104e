"""One arena of memory for all graphs, which run in turn and so never need their peaks at once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnxruntime

GROWTH_BYTES = 2**25
"""By how much the arena first grows. The engine would begin with 2 MiB and end with many pieces,
of which few are ever free as a whole: frugal sessions would then peak 20 % higher, not lower."""


def share_arena(ort: onnxruntime, session: onnxruntime.SessionOptions) -> None:
    """Let a session take its memory from the arena of the process instead of one of its own.

    Speaking a sentence of 8 s at full v2 size peaks at 313 MB so, and at 374 MB with an arena for
    each graph.

    Args:
        ort: The engine's module.
        session: Options of the session; they are changed.
    """
    _register(ort)
    session.add_session_config_entry("session.use_env_allocators", "1")


@cache
def _register(ort: onnxruntime) -> None:
    memory = ort.OrtMemoryInfo(
        "Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT
    )
    growth = ort.OrtArenaCfg({"initial_growth_chunk_size_bytes": GROWTH_BYTES})
    try:
        ort.create_and_register_allocator(memory, growth)
    except RuntimeError as error:
        # The program around us has registered one, which serves as well.
        if "already been registered" not in str(error):
            raise
