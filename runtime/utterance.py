"""Everything that was computed for one sentence, and the trace file that keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voicepack.runtime.arrays_file import save_arrays
from voicepack.runtime.phones import FloatArray, IntArray, Phones


@dataclass(frozen=True)
class Utterance:
    """One sentence on its way from phones to audio."""

    phones: Phones
    """The sentence's own, without the prompt's."""
    tokens: IntArray
    """int64, (num_tokens,): generated, without prompt and end-of-speech."""
    noise: FloatArray
    """float32, (1, latent channels, frames), scaled."""
    latent: FloatArray
    """float32, (1, latent channels, frames)."""
    audio: FloatArray
    """float32, (num_samples,): as the vocoder gave it, before post-processing."""


@dataclass
class Trace:
    """What happened while a voice spoke: what one compares between machines or precisions.

    Arrays of the first sentence have plain names, those of later ones end in `.1`, `.2`, ...:

    | name | array |
    |---|---|
    | `prompt_phone_ids`, `prompt_tokens` | int64: the reference's |
    | `phone_ids` | int64, (num_phones,): the sentence's |
    | `tokens` | int64, (num_tokens,): generated |
    | `logits` | float32, (steps, vocabulary): raw, as each choice saw them |
    | `noise`, `latent` | float32, (1, channels, frames) |
    | `audio` | float32, (num_samples,): before post-processing |
    """

    arrays: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    _logits: list[FloatArray] = field(default_factory=list)
    _sentences: int = 0

    def hear_logits(self, logits: FloatArray) -> None:
        """Keep the logits of one step of the current sentence."""
        self._logits.append(logits)

    def end_sentence(self, **arrays: npt.NDArray[Any]) -> None:
        """Keep the arrays of the current sentence and go on to the next."""
        suffix = f".{self._sentences}" if self._sentences else ""
        if self._logits:
            arrays["logits"] = np.stack(self._logits)
        self.arrays |= {name + suffix: array for name, array in arrays.items()}
        self._logits = []
        self._sentences += 1

    def save(self, path: Path) -> None:
        """Write all arrays to an `.npz` file."""
        save_arrays(path, self.arrays)
