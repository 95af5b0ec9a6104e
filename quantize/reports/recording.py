"""One sentence as both packs speak it, to be heard and seen in a report."""

from __future__ import annotations

from dataclasses import dataclass

from voicepack.runtime.phones import FloatArray


@dataclass(frozen=True)
class Recording:
    """One sentence as both packs speak it, float32 (num_samples,) each."""

    text: str
    sample_rate: int
    """Hertz."""
    baseline: FloatArray
    candidate: FloatArray
    """From the baseline's tokens and noise, so as long as the baseline."""
    free_run: FloatArray | None
    """From the pack's own tokens; None where it ran away."""
