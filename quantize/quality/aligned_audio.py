"""Audio of two packs from the same tokens and noise, compared sample by sample."""

from __future__ import annotations

import numpy as np

from voicepack.quantize.errors import QualityError
from voicepack.quantize.metrics.cepstral import mel_cepstral_distance
from voicepack.quantize.metrics.mel import log_mel_l1
from voicepack.quantize.metrics.pitch import compare_pitch
from voicepack.quantize.metrics.stft import multi_resolution_stft
from voicepack.quantize.metrics.waveform import si_snr_db, snr_db
from voicepack.runtime.phones import FloatArray
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.utterance import Utterance
from voicepack.runtime.voice import Voice


def speak_again(voice: Voice, spoken: Utterance, prompt: Prompt) -> FloatArray:
    """Let a voice speak the tokens, with the noise, of an utterance of another pack.

    Returns:
        float32, (num_samples,), before post-processing.

    Raises:
        TargetError: The engine failed.
    """
    latent = voice.acoustics.latent_of(
        spoken.tokens, spoken.phones.ids, prompt.embedding, spoken.noise
    )
    return voice.acoustics.audio_of(latent, prompt.embedding)


def compare_audio(
    reference: FloatArray, candidate: FloatArray, sample_rate: int
) -> dict[str, float]:
    """Measure how far two pieces of audio are apart.

    Args:
        reference: float32, (num_samples,): the baseline's.
        candidate: float32, (num_samples,). NaN or infinity in it makes the distances NaN.
        sample_rate: Hertz.

    Returns:
        By the metric's name.

    Raises:
        QualityError: The lengths differ, so the two packs do not make the same sound.
    """
    if reference.shape != candidate.shape:
        raise QualityError(
            f"From the same tokens the baseline makes {reference.size} samples, but the pack "
            f"{candidate.size}. The two cannot be compared: export and quantize the voice again."
        )
    with np.errstate(invalid="ignore", over="ignore"):  # NaN says enough
        stft = multi_resolution_stft(reference, candidate, sample_rate)
        pitch = compare_pitch(reference, candidate, sample_rate)
        return {
            "snr_db": snr_db(reference, candidate),
            "si_snr_db": si_snr_db(reference, candidate),
            "log_mel_l1": log_mel_l1(reference, candidate, sample_rate),
            "stft_convergence": stft.convergence,
            "stft_log_magnitude": stft.log_magnitude,
            "mcd_db": mel_cepstral_distance(reference, candidate, sample_rate),
            "f0_rmse_cents": pitch.rmse_cents,
            "gross_pitch_error": pitch.gross_error,
            "voicing_error": pitch.voicing_error,
        }
