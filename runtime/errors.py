"""What can go wrong on the device, as one small tree under `EdgeError`."""

from __future__ import annotations

from voicepack.targets.errors import EdgeError, TargetError

__all__ = ["EdgeError", "PackError", "RunawayError", "TargetError", "TextError"]


class PackError(EdgeError):
    """A voice pack that is missing, damaged, unsafe, or made for another runtime."""


class TextError(EdgeError):
    """Text, phones or a language that cannot be spoken."""


class RunawayError(EdgeError):
    """Speech that did not end: the token limit was reached, or the tokens repeat without end."""
