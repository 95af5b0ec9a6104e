"""Dynamic time warping: which frames of two recordings belong together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float64Array = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]


def align(costs: Float64Array) -> tuple[IndexArray, IndexArray]:
    """Find the cheapest path from the first pair of frames to the last.

    A step goes on by one frame in either recording, or in both.

    Args:
        costs: float64, (num_rows, num_columns), at least 1 x 1: what pairing two frames costs.

    Returns:
        Rows and columns of the path's pairs, (num_pairs,) each, both ascending.

    Raises:
        ValueError: A cost is NaN or infinite, and so no path is the cheapest.

    Source: Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word
    recognition", 1978, symmetric form without slope constraint.
    """
    if not np.isfinite(costs).all():
        raise ValueError("costs of an alignment must be finite")
    totals = accumulate(costs)
    row, column = totals.shape[0] - 1, totals.shape[1] - 1
    path = [(row, column)]
    while row > 1 or column > 1:
        # Of equal ways the diagonal one comes first: the shortest path.
        row, column = min(
            ((row - 1, column - 1), (row - 1, column), (row, column - 1)),
            key=lambda cell: totals[cell],
        )
        path.append((row, column))
    rows, columns = np.array(path[::-1]).T - 1
    return rows, columns


def accumulate(costs: Float64Array) -> Float64Array:
    """Return what the cheapest path to every pair costs, with a border of infinity before it.

    All cells of an anti-diagonal depend on the two before it only, so each is one vector operation.

    Args:
        costs: float64, (num_rows, num_columns).

    Returns:
        float64, (num_rows + 1, num_columns + 1); row 0 and column 0 are the border.
    """
    num_rows, num_columns = costs.shape
    padded = np.pad(costs, ((1, 0), (1, 0)), constant_values=np.inf)
    totals = np.full_like(padded, np.inf)
    totals[0, 0] = 0.0
    flat_costs, flat = padded.ravel(), totals.ravel()
    width = num_columns + 1
    for diagonal in range(2, num_rows + num_columns + 1):
        first_row = max(1, diagonal - num_columns)
        last_row = min(num_rows, diagonal - 1)
        # One row down and one column left is num_columns cells further.
        start = first_row * width + diagonal - first_row
        stop = last_row * width + diagonal - last_row + 1
        before = np.minimum(
            flat[start - width : stop - width : num_columns],
            flat[start - 1 : stop - 1 : num_columns],
        )
        corner = flat[start - width - 1 : stop - width - 1 : num_columns]
        flat[start:stop:num_columns] = flat_costs[start:stop:num_columns] + np.minimum(
            before, corner
        )
    return totals
