"""How far two models' next-token distributions are apart, when both read the same tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Logits = npt.NDArray[np.floating[Any]]
"""(num_positions, vocabulary), natural units. Minus infinity bans a token."""
Float64Array = npt.NDArray[np.float64]
OVERLAP_K = 15
"""Upstream samples from the 15 likeliest tokens."""


@dataclass(frozen=True)
class Divergence:
    """Teacher-forced comparison of one sentence."""

    mean_kl: float
    """Nats."""
    worst_kl: float
    """Nats, at the worst position."""
    top1_agreement: float
    """Share of positions with the same likeliest token, 0 to 1."""
    top_k_overlap: float
    """Share of the `OVERLAP_K` likeliest tokens that both have, mean over positions, 0 to 1."""


def compare_logits(reference: Logits, candidate: Logits) -> Divergence:
    """Compare two models position by position.

    Args:
        reference: Logits of the full-precision model, at least one position.
        candidate: Logits of the other, same shape. NaN makes both divergences NaN.

    Raises:
        ValueError: The shapes differ, or are not two-dimensional and filled.
    """
    divergence = kl_divergence(reference, candidate)
    return Divergence(
        mean_kl=float(divergence.mean()),
        worst_kl=float(divergence.max()),
        top1_agreement=top1_agreement(reference, candidate),
        top_k_overlap=top_k_overlap(reference, candidate, OVERLAP_K),
    )


def kl_divergence(reference: Logits, candidate: Logits) -> Float64Array:
    """Return KL(reference || candidate) of every position, in nats.

    Args:
        reference: Logits.
        candidate: Logits, same shape.

    Returns:
        float64, (num_positions,). Infinite where the candidate bans what the reference may say; NaN
        where a row holds NaN or plus infinity.

    Raises:
        ValueError: The shapes differ, or are not two-dimensional and filled.

    Source: Kullback and Leibler, "On Information and Sufficiency", 1951.
    """
    _check_shapes(reference, candidate)
    log_p, log_q = _log_softmax(reference), _log_softmax(candidate)
    p = np.exp(log_p)
    # What the reference never says counts nothing, though the candidate may ban it as well.
    log_ratio = np.subtract(log_p, log_q, where=p != 0, out=np.zeros_like(p))
    # Rounding leaves about -1e-16 where the two are equal.
    divergence: Float64Array = np.maximum((p * log_ratio).sum(axis=1), 0.0)
    return divergence


def top1_agreement(reference: Logits, candidate: Logits) -> float:
    """Return the share of positions where both find the same token likeliest, 0 to 1.

    A position where the candidate has NaN disagrees. Of equal logits the first wins.

    Raises:
        ValueError: The shapes differ, or are not two-dimensional and filled.
    """
    _check_shapes(reference, candidate)
    same = reference.argmax(axis=1) == candidate.argmax(axis=1)
    return float((same & ~np.isnan(candidate).any(axis=1)).mean())


def top_k_overlap(reference: Logits, candidate: Logits, k: int) -> float:
    """Return the share of the reference's `k` likeliest tokens that are the candidate's too.

    Of equal logits the first wins; NaN comes last.

    Raises:
        ValueError: The shapes differ, are not two-dimensional and filled, or `k` is not in
            1..vocabulary.
    """
    _check_shapes(reference, candidate)
    if not 1 <= k <= reference.shape[1]:
        raise ValueError(f"k is {k}, but must be in 1..{reference.shape[1]}, the vocabulary")
    return float((_top_k(reference, k) & _top_k(candidate, k)).sum(axis=1).mean() / k)


def _top_k(logits: Logits, k: int) -> npt.NDArray[np.bool_]:
    likeliest = np.argsort(-logits, axis=1, kind="stable")[:, :k]
    members = np.zeros(logits.shape, np.bool_)
    np.put_along_axis(members, likeliest, True, axis=1)
    return members


def _log_softmax(logits: Logits) -> Float64Array:
    exact = logits.astype(np.float64)
    # An infinite logit turns its row into NaN, which passes no budget.
    with np.errstate(invalid="ignore"):
        shifted = exact - exact.max(axis=1, keepdims=True)
    log_softmax: Float64Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_softmax


def _check_shapes(reference: Logits, candidate: Logits) -> None:
    if reference.shape != candidate.shape or reference.ndim != 2 or not reference.size:
        raise ValueError(
            f"logits of shapes {reference.shape} and {candidate.shape}, "
            "but both must be (num_positions, vocabulary), with at least one position"
        )
