"""The voice embedding: how a speaker sounds, averaged over clips.

Source: upstream `TTS_infer_pack/TTS.py`, _get_ref_spec, and `module/models.py`, decode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from voicepack.export.clip import Clip
from voicepack.export.errors import ReferenceClipError
from voicepack.export.resampling import resample_sinc
from voicepack.export.speaker_branch import SpeakerBranch
from voicepack.export.spectrogram import SpectrogramShape, limit_peak, linear_spectrogram
from voicepack.export.style_encoder import StyleEncoder
from voicepack.runtime.phones import FloatArray


@dataclass(frozen=True)
class VoiceEmbedder:
    """A voice's style encoder, with the spectrogram it was trained on."""

    style_encoder: StyleEncoder
    spectrogram: SpectrogramShape
    speaker: SpeakerBranch | None = None
    """Pro voices have one."""

    def embedding(self, clips: Sequence[Clip]) -> FloatArray:
        """Embed the voice of several clips: the mean of their embeddings.

        Args:
            clips: At least one, of any length that fills a frame.

        Returns:
            float32, (channels,).

        Raises:
            ReferenceClipError: A clip is too short.
        """
        with torch.inference_mode():
            embeddings = torch.cat([self._embed(clip) for clip in clips])
            mean: FloatArray = embeddings.mean(dim=0).numpy()
        return mean

    def _embed(self, clip: Clip) -> torch.Tensor:
        sample_rate = self.spectrogram.sample_rate
        samples = limit_peak(resample_sinc(clip.mono, clip.sample_rate, sample_rate))
        self._check_length(clip, samples.size)
        style: torch.Tensor = self.style_encoder(linear_spectrogram(samples, self.spectrogram))
        return self.speaker.add_speaker(style, samples, sample_rate) if self.speaker else style

    def _check_length(self, clip: Clip, num_samples: int) -> None:
        sample_rate = self.spectrogram.sample_rate
        fewest = self.spectrogram.min_samples
        if self.speaker:
            fewest = max(fewest, self.speaker.min_samples(sample_rate))
        if num_samples < fewest:
            raise ReferenceClipError(
                f"{clip.path}: {1000 * clip.duration_s:.0f} ms long, but the voice embedding needs "
                f"{1000 * fewest / sample_rate:.0f} ms at the least, and is good from a few "
                "seconds on. Give a longer clip."
            )
