"""From semantic tokens to audio: the latent and the vocoder graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voicepack.runtime.contract import LatentTensor, VocoderTensor, num_latent_frames
from voicepack.runtime.fixed_pieces import cut_to_lengths
from voicepack.runtime.phones import FloatArray, IntArray
from voicepack.runtime.pieces import PIECE_FRAMES, Piece, cut_into_pieces
from voicepack.runtime.randomness import RandomStream
from voicepack.targets.session import Array, Session


@dataclass(frozen=True)
class Acoustics:
    """The nets that give a voice its sound."""

    latent: Session
    vocoder: Session
    latent_channels: int
    context_frames: int = 0
    """Frames beside a frame that its audio depends on; 0 computes every sentence in one piece."""
    piece_frames: int = PIECE_FRAMES
    """Latent frames that the vocoder computes at once, at most."""
    vocoder_frames: tuple[int, ...] = ()
    """Numbers of frames that the vocoder is given, ascending; empty, or without a known context,
    it is given any."""

    def noise(
        self, num_tokens: int, speed: float, noise_scale: float, random: RandomStream
    ) -> FloatArray:
        """Draw the noise of a sentence: float32, (1, channels, frames), scaled."""
        frames = num_latent_frames(num_tokens, speed)
        return np.float32(noise_scale) * random.normal(1, self.latent_channels, frames)

    def latent_of(
        self, tokens: IntArray, phones: IntArray, embedding: FloatArray, noise: FloatArray
    ) -> FloatArray:
        """Compute the latent of a sentence.

        Args:
            tokens: int64, (num_tokens,).
            phones: int64, (num_phones,): the sentence's own, without the prompt's.
            embedding: float32, (channels,): how the voice sounds.
            noise: float32, (1, latent channels, frames); its length sets the speed.

        Returns:
            float32, (1, latent channels, frames).
        """
        inputs: dict[str, Array] = {
            LatentTensor.TOKENS: tokens,
            LatentTensor.PHONES: phones,
            LatentTensor.EMBEDDING: embedding[None, :, None],
            LatentTensor.NOISE: noise,
        }
        latent: FloatArray = self.latent.run(inputs)[LatentTensor.LATENT]
        return latent

    def audio_of(self, latent: FloatArray, embedding: FloatArray) -> FloatArray:
        """Compute the audio of a latent, piece by piece.

        Args:
            latent: float32, (1, latent channels, frames).
            embedding: float32, (channels,).

        Returns:
            float32, (num_samples,), before post-processing.
        """
        pieces = self._pieces(latent.shape[2])
        beyond = max(0, pieces[-1].stop - latent.shape[2])
        latent = np.pad(latent, ((0, 0), (0, 0), (0, beyond)))
        parts = []
        for piece in pieces:
            inputs = {
                VocoderTensor.LATENT: np.ascontiguousarray(latent[:, :, piece.start : piece.stop]),
                VocoderTensor.EMBEDDING: embedding[None, :, None],
            }
            audio = self.vocoder.run(inputs)[VocoderTensor.AUDIO][0, 0]
            hop = len(audio) // (piece.stop - piece.start)
            parts.append(audio[piece.skip * hop : (piece.skip + piece.keep) * hop])
        return np.concatenate(parts)

    def _pieces(self, num_frames: int) -> list[Piece]:
        if self.vocoder_frames and self.context_frames:
            return cut_to_lengths(num_frames, self.context_frames, self.vocoder_frames)
        return cut_into_pieces(num_frames, self.context_frames, self.piece_frames)
