"""A full-size v2 voice with seeded weights, made once: real dimensions, no real voice."""

from __future__ import annotations

from pathlib import Path

from voicepack.export.seeded import SeededVoice, write_seeded_voice
from voicepack.export.seeded_shapes import FULL_V2

CACHE = Path(__file__).parent / ".cache"
"""Not in git. Delete it to start anew."""


def full_size_voice() -> SeededVoice:
    """Return the checkpoints, written at the first call (about half a minute)."""
    return write_seeded_voice(CACHE / "checkpoints", FULL_V2, seed=1)
