"""What can go wrong in the compiler, beside the errors of the device side."""

from __future__ import annotations

from voicepack.targets.errors import EdgeError


class CheckpointError(EdgeError):
    """A checkpoint that cannot be read, is unsafe, or is not what it should be."""


class ReferenceClipError(EdgeError):
    """A reference clip, its text, or the HuBERT folder that cannot be used."""
