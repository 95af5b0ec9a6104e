"""What it costs that one word follows another, of any two kinds of words."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.integer[Any]]
Costs = npt.NDArray[np.int16]


def unfold_costs(folded: Costs, like_row: Integers, like_column: Integers) -> Costs:
    """Restore a table of which only what rows and columns do not share is stored.

    Kinds of words that are alike have rows that are alike, or differ by one number throughout. So
    of each row its difference to an earlier row was taken, and of each column of these differences
    its difference to an earlier column. Seven cells of ten are then zero, and the table takes a
    third of the bytes. The first row and column are as they are.

    Args:
        folded: int16, (rows, columns).
        like_row: (rows,), the row that each was subtracted from.
        like_column: (columns,), the same of columns.
    """
    columns = _add_up(np.ascontiguousarray(folded.T), like_column)
    return _add_up(np.ascontiguousarray(columns.T), like_row)


def _add_up(lines: Costs, like: Integers) -> Costs:
    # Sums wrap around as the differences did.
    for place, other in enumerate(like[1:].tolist(), start=1):
        lines[place] += lines[other]
    return lines
