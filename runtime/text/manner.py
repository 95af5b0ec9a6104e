"""How a sentence is given, beside its phones."""

from __future__ import annotations

from dataclasses import dataclass

SLOWEST, FASTEST = 0.25, 4.0
"""Speeds within which speech is still speech, as factors on the usual."""


@dataclass(frozen=True)
class Manner:
    """What markup asks of the sentences inside it."""

    speed: float = 1.0
    """Factor on the speed asked for."""
    gain: float = 1.0
    """Factor on the samples; 0 is silence."""
    pause_s: float | None = None
    """Seconds of silence after the sentence; None leaves it to the speaker."""


PLAINLY = Manner()
"""As the speaker was asked to speak."""


@dataclass(frozen=True)
class Silence:
    """A pause of its own between sentences."""

    seconds: float
