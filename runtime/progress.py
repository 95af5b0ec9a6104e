"""How long work says how far it is; who shows it, and how, is the caller's choice."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Hears of every step of a piece of work."""

    def __call__(self, done: int, total: int, doing: str) -> None:
        """Take note.

        Args:
            done: Steps finished, from 0 to `total`.
            total: Steps in all.
            doing: What is being done now, such as "text2semantic"; empty when all is done.
        """
        ...


def silent(done: int, total: int, doing: str) -> None:
    """Show nothing."""
