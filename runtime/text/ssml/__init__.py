"""SSML: text with pauses, speed, volume, languages and pronunciations, as the W3C wrote them.

What reads it, `sentences.py`, is loaded with the first document.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ssml:
    """An SSML document that is to be spoken."""

    document: str
    """XML whose root is `speak`."""
