"""How alike two voices are, by their embeddings."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def cosine(
    reference: npt.NDArray[np.floating[Any]], candidate: npt.NDArray[np.floating[Any]]
) -> float:
    """Return the cosine of the angle between two embeddings: 1 for the same direction.

    Both come from the voice's own reference encoder, run on the speech of the two packs.

    Args:
        reference: (channels,).
        candidate: (channels,).

    Returns:
        From -1 to 1. A zero embedding is like nothing: 0. NaN stays NaN.

    Raises:
        ValueError: The shapes differ.
    """
    if reference.ndim != 1 or reference.shape != candidate.shape:
        raise ValueError(
            f"embeddings of shapes {reference.shape} and {candidate.shape}, "
            "but both must be (channels,)"
        )
    ours, theirs = reference.astype(np.float64), candidate.astype(np.float64)
    norms = np.linalg.norm(ours) * np.linalg.norm(theirs)
    return float(np.clip(ours @ theirs / norms, -1, 1)) if norms else 0.0
