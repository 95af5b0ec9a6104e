"""How different two token sequences are that ran freely."""

from __future__ import annotations

import numpy as np

from voicepack.runtime.phones import IntArray


def edit_distance(reference: IntArray, candidate: IntArray) -> int:
    """Count the insertions, deletions and substitutions that turn one sequence into the other.

    Args:
        reference: int64, (num_tokens,).
        candidate: int64, (num_tokens,); the lengths may differ.

    Source: Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals",
    1966; Wagner and Fischer's table, a row at a time.
    """
    columns = np.arange(candidate.size + 1)
    row = columns
    for i, token in enumerate(reference, 1):
        deleted = row[1:] + 1
        substituted = row[:-1] + (candidate != token)
        reached = np.concatenate(([i], np.minimum(deleted, substituted)))
        # An insertion costs one a column, so the cheapest chain of them is a running minimum.
        row = np.minimum.accumulate(reached - columns) + columns
    return int(row[-1])


def normalized_edit_distance(reference: IntArray, candidate: IntArray) -> float:
    """Divide the edit distance by the longer length: 0 when equal, 1 when nothing is shared.

    Args:
        reference: int64, (num_tokens,).
        candidate: int64, (num_tokens,).
    """
    longer = max(reference.size, candidate.size)
    return edit_distance(reference, candidate) / longer if longer else 0.0


def end_of_speech_shift(reference: IntArray, candidate: IntArray) -> int:
    """Return how many tokens later the candidate ended its speech; negative when earlier.

    Args:
        reference: int64, (num_tokens,): generated tokens, without the prompt's.
        candidate: int64, (num_tokens,).
    """
    return candidate.size - reference.size
