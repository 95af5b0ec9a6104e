"""Cuts a latent into pieces of the few lengths that a vocoder of fixed shapes was compiled for."""

from __future__ import annotations

from collections.abc import Sequence

from voicepack.runtime.pieces import Piece


def cut_to_lengths(num_frames: int, context: int, lengths: Sequence[int]) -> list[Piece]:
    """Cover a latent with windows of given lengths that overlap, so that no frame is made up.

    Args:
        num_frames: Of the latent.
        context: Frames beside a frame that its audio depends on.
        lengths: What windows may be long, ascending, each more than twice the context.

    Returns:
        Pieces from first to last. A latent shorter than every length is one piece that reaches
        beyond its end.
    """
    fitting = [length for length in lengths if length <= num_frames]
    if not fitting:
        return [Piece(start=0, stop=lengths[0], skip=0, keep=num_frames)]
    pieces, done = [], 0
    while done < num_frames:
        start = max(0, done - context)
        enough = [length for length in fitting if length >= num_frames - start]
        if enough:
            start, stop = num_frames - enough[0], num_frames
            end = num_frames
        else:
            stop = start + fitting[-1]
            end = stop - context
        pieces.append(Piece(start=start, stop=stop, skip=done - start, keep=end - done))
        done = end
    return pieces
