"""What can go wrong on the device, as one small tree under `EdgeError`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voicepack.targets.errors import EdgeError, TargetError

__all__ = ["EdgeError", "PackError", "RunawayError", "TargetError", "TextError"]


class PackError(EdgeError):
    """A voice pack that is missing, damaged, unsafe, or made for another runtime."""


class TextError(EdgeError):
    """Text, phones or a language that cannot be spoken."""


class RunawayError(EdgeError):
    """Speech that did not end: the token limit was reached, or the tokens repeat without end."""

    def __init__(self, message: str, tokens: npt.NDArray[np.int64]) -> None:
        super().__init__(message)
        self.tokens = tokens
        """int64, (num_tokens,): what was generated until then."""
