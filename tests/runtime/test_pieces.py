"""Pieces of a latent cover it once, each with its context."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.pieces import PIECE_FRAMES, Piece, cut_into_pieces


def test_a_short_latent_is_one_piece() -> None:
    assert cut_into_pieces(100, 12) == [Piece(start=0, stop=100, skip=0, keep=100)]


def test_without_a_known_context_a_long_latent_is_one_piece() -> None:
    assert cut_into_pieces(1000, 0) == [Piece(start=0, stop=1000, skip=0, keep=1000)]


def test_a_long_latent_is_cut_evenly_with_context_on_both_sides() -> None:
    assert cut_into_pieces(301, 12) == [
        Piece(start=0, stop=112, skip=0, keep=100),
        Piece(start=88, stop=212, skip=12, keep=100),
        Piece(start=188, stop=301, skip=12, keep=101),
    ]


@given(st.integers(1, 5000), st.integers(1, 40))
def test_pieces_cover_every_frame_once_and_stay_small(num_frames: int, context: int) -> None:
    kept: list[int] = []
    for piece in cut_into_pieces(num_frames, context):
        first = piece.start + piece.skip
        kept += range(first, first + piece.keep)
        assert piece.keep <= PIECE_FRAMES
        assert piece.start == max(0, first - context)
        assert piece.stop == min(num_frames, first + piece.keep + context)
    assert kept == list(range(num_frames))
