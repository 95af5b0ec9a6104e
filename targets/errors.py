"""The root of the error tree, and the errors of engines and devices."""

from __future__ import annotations


class EdgeError(Exception):
    """Something a user can mend. The message says what was found, what was expected, what to do."""


class TargetError(EdgeError):
    """A device profile or an engine that is unknown, missing, too old, or refused a graph."""
