"""Windows of given lengths cover a latent once, each frame with its context."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.acoustics import Acoustics
from voicepack.runtime.contract import VocoderTensor
from voicepack.runtime.fixed_pieces import cut_to_lengths
from voicepack.runtime.pieces import Piece
from voicepack.targets.session import Array, Session

LENGTHS = (5, 8, 12)
CONTEXT = 2


def test_a_latent_of_a_known_length_is_one_piece() -> None:
    assert cut_to_lengths(8, CONTEXT, LENGTHS) == [Piece(start=0, stop=8, skip=0, keep=8)]


def test_between_two_lengths_the_last_window_ends_with_the_latent() -> None:
    assert cut_to_lengths(10, CONTEXT, LENGTHS) == [
        Piece(start=0, stop=8, skip=0, keep=6),
        Piece(start=2, stop=10, skip=4, keep=4),
    ]


def test_what_is_shorter_than_every_length_reaches_beyond_its_end() -> None:
    assert cut_to_lengths(3, CONTEXT, LENGTHS) == [Piece(start=0, stop=5, skip=0, keep=3)]


@given(st.integers(5, 3000))
def test_every_frame_is_kept_once_with_its_context(num_frames: int) -> None:
    kept: list[int] = []
    for piece in cut_to_lengths(num_frames, CONTEXT, LENGTHS):
        first = piece.start + piece.skip
        end = first + piece.keep
        kept += range(first, end)
        assert piece.stop - piece.start in LENGTHS
        assert piece.start >= 0
        assert piece.stop <= num_frames
        assert piece.start <= max(0, first - CONTEXT)
        assert piece.stop >= min(num_frames, end + CONTEXT)
    assert kept == list(range(num_frames))


def moving_sum(samples: Array) -> Array:
    return np.convolve(np.pad(samples, CONTEXT), np.ones(1 + 2 * CONTEXT), "valid")


class MovingSum:
    """A vocoder of one sample a frame that sees two frames on each side, zeros beyond the ends."""

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        latent = inputs[VocoderTensor.LATENT][0, 0]
        self.lengths.append(len(latent))
        return {VocoderTensor.AUDIO: moving_sum(latent)[None, None]}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        return self


def test_without_a_known_context_a_sentence_stays_in_one_piece() -> None:
    vocoder = MovingSum()
    acoustics = Acoustics(vocoder, vocoder, 1, context_frames=0, vocoder_frames=LENGTHS)

    acoustics.audio_of(np.zeros((1, 1, 50), np.float32), np.zeros(1, np.float32))

    assert vocoder.lengths == [50]


@pytest.mark.parametrize("num_frames", [3, 5, 7, 50])
def test_a_vocoder_of_fixed_lengths_sounds_as_one_of_any_length(num_frames: int) -> None:
    vocoder = MovingSum()
    acoustics = Acoustics(vocoder, vocoder, 1, context_frames=CONTEXT, vocoder_frames=LENGTHS)
    latent = np.random.default_rng(0).standard_normal((1, 1, num_frames), np.float32)

    audio = acoustics.audio_of(latent, np.zeros(1, np.float32))

    np.testing.assert_allclose(audio, moving_sum(latent[0, 0]), atol=1e-5)
    assert set(vocoder.lengths) <= set(LENGTHS)
