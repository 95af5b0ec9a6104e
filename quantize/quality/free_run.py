"""A pack on its own: it generates its own tokens, and may go astray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voicepack.quantize.metrics.cepstral import warped_mel_cepstral_distance
from voicepack.quantize.metrics.edit_distance import end_of_speech_shift, normalized_edit_distance
from voicepack.quantize.metrics.health import length_change
from voicepack.runtime.errors import RunawayError
from voicepack.runtime.phones import FloatArray, IntArray, Phones
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.utterance import Utterance
from voicepack.runtime.voice import Voice


@dataclass(frozen=True)
class FreeRun:
    """What a pack said of its own accord."""

    tokens: IntArray
    """int64, (num_tokens,)."""
    audio: FloatArray | None
    """float32, (num_samples,); None where speech ran away."""


def run_free(
    voice: Voice, phones: Phones, prompt: Prompt, options: Speaking, index: int
) -> FreeRun:
    """Let a voice say a sentence. The same options and index draw the same random numbers.

    Args:
        voice: The loaded pack.
        phones: Phones of the sentence.
        prompt: The reference to speak like.
        options: Sampling and seed.
        index: Place of the sentence, as for `Voice.utter`.
    """
    try:
        with np.errstate(invalid="ignore", over="ignore"):  # a damaged pack may say NaN
            spoken = voice.utter(phones, prompt, options, index)
    except RunawayError as error:
        return FreeRun(error.tokens, None)
    return FreeRun(spoken.tokens, spoken.audio)


def compare_runs(reference: Utterance, candidate: FreeRun, sample_rate: int) -> dict[str, float]:
    """Measure how far a free run went from what the baseline said.

    Args:
        reference: The baseline's, which came to an end.
        candidate: The pack's own; where it ran away, the distance of the audio is infinite.
        sample_rate: Hertz.

    Returns:
        By the metric's name.
    """
    return {
        "token_edit_distance": normalized_edit_distance(reference.tokens, candidate.tokens),
        "end_shift": abs(end_of_speech_shift(reference.tokens, candidate.tokens)),
        "length_change": length_change(reference.tokens.size, candidate.tokens.size),
        "loops": float(candidate.audio is None),
        "free_mcd_db": np.inf
        if candidate.audio is None
        else warped_mel_cepstral_distance(reference.audio, candidate.audio, sample_rate),
    }
