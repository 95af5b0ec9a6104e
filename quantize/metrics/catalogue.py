"""The metrics by name: what a budget limits and a report holds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum


class Better(str, Enum):
    """Which way a metric improves."""

    LOWER = "lower"
    HIGHER = "higher"


class Summary(str, Enum):
    """How a metric of many sentences becomes one number."""

    MEAN = "mean"
    WORST = "worst"


@dataclass(frozen=True)
class Metric:
    """A number measured for a sentence, or once for a pack."""

    name: str
    """As budgets and reports spell it."""
    title: str
    """For people, with the unit."""
    better: Better = Better.LOWER
    summary: Summary = Summary.MEAN

    def badness(self, value: float) -> tuple[bool, float]:
        """Return a key that sorts values from best to worst; NaN is worse than any number."""
        if math.isnan(value):
            return True, 0.0
        return False, value if self.better is Better.LOWER else -value


_WORST = Summary.WORST
_HIGHER = Better.HIGHER

# Teacher-forced and aligned: same tokens, same noise. Free run: each pack on its own.
CATALOGUE = (
    Metric("kl_mean", "KL divergence (nats)"),
    Metric("kl_worst", "KL divergence, worst position (nats)", summary=_WORST),
    Metric("top1_agreement", "Top-1 agreement", _HIGHER),
    Metric("top_k_overlap", "Top-15 overlap", _HIGHER),
    Metric("token_edit_distance", "Token edit distance of free runs"),
    Metric("end_shift", "End-of-speech shift (tokens)"),
    Metric("snr_db", "SNR (dB)", _HIGHER),
    Metric("si_snr_db", "SI-SNR (dB)", _HIGHER),
    Metric("log_mel_l1", "Log-mel L1 (nats)"),
    Metric("stft_convergence", "Spectral convergence"),
    Metric("stft_log_magnitude", "Log STFT magnitude L1 (nats)"),
    Metric("mcd_db", "Mel-cepstral distance (dB)"),
    Metric("free_mcd_db", "Mel-cepstral distance of free runs (dB)"),
    Metric("f0_rmse_cents", "F0 RMSE (cents)"),
    Metric("gross_pitch_error", "Gross F0 errors"),
    Metric("voicing_error", "Voicing error"),
    Metric("speaker_cosine", "Speaker cosine", _HIGHER),
    Metric("non_finite", "NaN or infinite samples", summary=_WORST),
    Metric("loops", "Sentences in an endless loop", summary=_WORST),
    Metric("length_change", "Change of length", summary=_WORST),
    Metric("longest_silence_s", "Longest silence (s)", summary=_WORST),
    Metric("clipped_fraction", "Clipped samples", summary=_WORST),
    Metric("dc_offset", "DC offset", summary=_WORST),
    Metric("size_ratio", "Size against the baseline"),
    Metric("speed_ratio", "Real-time factor against the baseline"),
    Metric("load_s", "Load time (s)"),
    Metric("peak_mb", "Peak memory (MB)"),
    Metric("real_time_factor", "Real-time factor"),
    Metric("first_audio_s", "Time to first audio (s)"),
)
METRICS = {metric.name: metric for metric in CATALOGUE}
