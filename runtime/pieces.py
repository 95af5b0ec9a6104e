"""Cuts a long latent into pieces, so that the vocoder's memory does not grow with the sentence."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

PIECE_FRAMES = 150
"""Latent frames (3 s) that the vocoder computes at once: little memory, and at most 15 % more work
for the context around a piece."""


@dataclass(frozen=True)
class Piece:
    """A part of a latent that the vocoder sees, and the part of its audio that counts."""

    start: int
    stop: int
    """Frames from `start` to `stop` - 1 go in."""
    skip: int
    """Frames at the beginning that are only context."""
    keep: int
    """Frames after them whose audio counts."""


def cut_into_pieces(num_frames: int, context: int, piece_frames: int = PIECE_FRAMES) -> list[Piece]:
    """Cut a latent into pieces of even length, at most `piece_frames`, with context around each.

    Pieces bound the memory of a long sentence. Without a known context there is one.
    """
    count = -(-num_frames // piece_frames) if context else 1
    borders = [num_frames * index // count for index in range(count + 1)]
    return [
        Piece(
            start=max(0, begin - context),
            stop=min(num_frames, end + context),
            skip=min(begin, context),
            keep=end - begin,
        )
        for begin, end in itertools.pairwise(borders)
    ]
