"""What a search asks of one half of a voice: what does this mix of formats cost, and lose?

The halves are measured apart: text2semantic says what is spoken, latent and vocoder give it its
sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from voicepack.quantize.formats.weight_groups import Format, WeightGroup
from voicepack.quantize.search.measurements import Values

Mix = Mapping[str, Format]
"""Group's name -> its format. Groups that are not named stay in full precision."""
BYTES, SECONDS = "bytes", "seconds"
"""Names of the two costs among measured values."""


class Probe(Protocol):
    """One half of a voice, in any mix of formats."""

    @property
    def name(self) -> str:
        """What this half is called, such as "sound"."""
        ...

    @property
    def groups(self) -> tuple[WeightGroup, ...]:
        """What can have a format of its own."""
        ...

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats there are; the last is full precision."""
        ...

    @property
    def loss_metric(self) -> str:
        """Name of the metric that ranks groups; lower is better."""
        ...

    def measure(self, mix: Mix) -> Values:
        """Build the mix, run it, and compare it with full precision.

        Returns:
            Metrics by name, and `BYTES` (of all graphs of this half) and `SECONDS` (of a decode
            step, or of a second of speech).
        """
        ...

    def loss(self, mix: Mix) -> float:
        """Measure `loss_metric` alone, as cheaply as ranking allows."""
        ...
