"""Prompt tokens: what a reference clip says, as semantic tokens at 25 Hz.

Source: upstream `TTS_infer_pack/TTS.py`, _set_prompt_semantic, and `module/models.py`,
extract_latent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from voicepack.export.clip import Clip
from voicepack.export.errors import ReferenceClipError
from voicepack.export.hubert import SAMPLE_RATE, HubertEncoder
from voicepack.export.resampling import num_resampled, resample_soxr
from voicepack.runtime.phones import FloatArray, IntArray

SHORTEST_S, LONGEST_S = 3, 10
"""Length of the clips that voices are trained to continue."""
SILENCE_S = 0.3
"""Silence that upstream means to append to the clip; see `PromptTokenizer.num_silent`."""


@dataclass(frozen=True)
class PromptTokenizer:
    """HuBERT and the voice's quantizer: a clip in, semantic tokens out."""

    hubert: HubertEncoder
    projection: nn.Conv1d
    """SSL projection of the voice: two frames of HuBERT become one."""
    codebook: torch.Tensor
    """float32, (num_codes, feature_size)."""
    sample_rate: int
    """Hertz of what the voice speaks."""

    @property
    def num_silent(self) -> int:
        """Zeros appended to the clip.

        Upstream counts them at the voice's rate though the clip is at 16 kHz, so HuBERT hears
        twice as much silence as meant. We do the same: the tokens depend on it.
        """
        return int(self.sample_rate * SILENCE_S)

    def tokens(self, clip: Clip) -> IntArray:
        """Tokenize a clip of 3 to 10 s.

        Returns:
            int64, (num_tokens,), indices into the codebook.

        Raises:
            ReferenceClipError: The clip is too short or too long.
        """
        check_prompt_length(clip)
        speech = resample_soxr(clip.mono, clip.sample_rate, SAMPLE_RATE)
        features = self.hubert.features(np.pad(speech, (0, self.num_silent)))
        return nearest_codes(project(features, self.projection), self.codebook)


def check_prompt_length(clip: Clip) -> None:
    """Refuse a clip that upstream would refuse as prompt.

    Raises:
        ReferenceClipError: It is not 3 to 10 s long.
    """
    num_samples = num_resampled(clip.samples.shape[1], clip.sample_rate, SAMPLE_RATE)
    if SHORTEST_S * SAMPLE_RATE <= num_samples <= LONGEST_S * SAMPLE_RATE:
        return
    raise ReferenceClipError(
        f"{clip.path}: {clip.duration_s:.2f} s long, but the clip whose text is given must last "
        f"{SHORTEST_S} to {LONGEST_S} s. Give another, or cut it together with its text, for "
        f"instance `ffmpeg -i {clip.path.name} -t {LONGEST_S} cut.wav`."
    )


def project(features: FloatArray, projection: nn.Conv1d) -> FloatArray:
    """Bring HuBERT's features to the rate and space of the codebook.

    Args:
        features: float32, (num_frames, feature_size), at 50 Hz.
        projection: With kernel 2 and stride 2: an odd last frame is dropped.

    Returns:
        float32, (num_frames // 2, feature_size), at 25 Hz.
    """
    with torch.inference_mode():
        projected: FloatArray = projection(torch.from_numpy(features.T).unsqueeze(0))[0].T.numpy()
    return projected


def nearest_codes(vectors: FloatArray, codebook: torch.Tensor) -> IntArray:
    """Name the codebook row nearest to each vector; of equals, the first.

    Args:
        vectors: float32, (num_vectors, feature_size).
        codebook: float32, (num_codes, feature_size).

    Returns:
        int64, (num_vectors,).
    """
    queries = torch.from_numpy(vectors)
    # |q - c|^2 without |q|^2, which is the same for every code.
    distances = codebook.square().sum(dim=1) - 2 * queries @ codebook.T
    codes: IntArray = distances.argmin(dim=1).numpy()
    return codes
