"""What can go wrong when a graph is checked, or a pack is quantized or checked."""

from __future__ import annotations

from voicepack.targets.errors import EdgeError


class QualityError(EdgeError):
    """A budget or report that cannot be read, or a check that could not be run."""


class GraphError(EdgeError):
    """A graph that does not compute what it should: what its torch module or its source does."""


class RecipeError(EdgeError):
    """A recipe that cannot be read, or that does not fit the graph it is used on."""
