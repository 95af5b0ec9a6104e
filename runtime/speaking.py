"""How a voice is asked to speak: the options of one call, checked as one value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from voicepack.runtime.errors import EdgeError
from voicepack.runtime.sampling import Sampling
from voicepack.runtime.text.manner import FASTEST, SLOWEST, Manner
from voicepack.runtime.text.splitting import Split


class SpeakingError(EdgeError):
    """A speaking option outside its range."""


@dataclass(frozen=True)
class Speaking:
    """Options of one call of `Voice.synthesize`."""

    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 0
    """Same pack, text, seed and thread count: same samples."""
    speed: float = 1.0
    """2 speaks twice as fast; from 0.25 to 4."""
    noise_scale: float = 0.5
    """How much the latent varies; 0 makes the acoustics exact. Upstream always uses 0.5."""
    pause_s: float = 0.3
    """Seconds of silence after each sentence."""
    split: Split = Split.CUT5
    """How text is cut into sentences."""

    def __post_init__(self) -> None:
        """Refuse values without meaning.

        Raises:
            SpeakingError: An option is outside its range.
        """
        limits = {
            "seed": (0 <= self.seed < 2**63, "from 0 to 2^63 - 1"),
            "speed": (SLOWEST <= self.speed <= FASTEST, f"from {SLOWEST} to {FASTEST:g}"),
            "noise_scale": (0 <= self.noise_scale < math.inf, "0 or more"),
            "pause_s": (0 <= self.pause_s <= 60, "from 0 to 60 seconds"),
        }
        for name, (fits, range_text) in limits.items():
            if not fits:
                raise SpeakingError(f"{name} is {getattr(self, name)}, but must be {range_text}.")

    def in_manner(self, manner: Manner) -> Speaking:
        """Return these options as markup changes them; the speed stays within its range."""
        speed = min(max(manner.speed * self.speed, SLOWEST), FASTEST)
        pause_s = self.pause_s if manner.pause_s is None else manner.pause_s
        return replace(self, speed=speed, pause_s=pause_s)
