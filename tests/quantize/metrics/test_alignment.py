from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from voicepack.quantize.metrics.alignment import accumulate, align
from voicepack.quantize.metrics.cepstral import frame_distances

Costs = npt.NDArray[np.float64]
COSTS = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, max_side=9),
    elements=st.integers(0, 9).map(float),
)


def cheapest_by_cells(costs: Costs) -> float:
    """Fill the table of the cheapest paths cell by cell."""
    table = np.full((costs.shape[0] + 1, costs.shape[1] + 1), np.inf)
    table[0, 0] = 0
    for i, j in np.ndindex(costs.shape):
        ways = (table[i, j], table[i, j + 1], table[i + 1, j])
        table[i + 1, j + 1] = costs[i, j] + min(ways)
    return float(table[-1, -1])


def test_path_of_a_matrix_solved_by_hand() -> None:
    costs = np.array([[0, 5, 9, 9], [9, 0, 0, 9], [9, 9, 9, 1]], np.float64)
    rows, columns = align(costs)
    assert rows.tolist() == [0, 1, 1, 2]
    assert columns.tolist() == [0, 1, 2, 3]


@given(COSTS)
def test_path_costs_what_the_table_filled_cell_by_cell_says(costs: Costs) -> None:
    rows, columns = align(costs)
    assert costs[rows, columns].sum() == accumulate(costs)[-1, -1] == cheapest_by_cells(costs)


@given(COSTS)
def test_path_goes_from_corner_to_corner_in_single_steps(costs: Costs) -> None:
    rows, columns = align(costs)
    assert (rows[0], columns[0]) == (0, 0)
    assert (rows[-1] + 1, columns[-1] + 1) == costs.shape
    steps = set(zip(np.diff(rows).tolist(), np.diff(columns).tolist(), strict=True))
    assert steps <= {(0, 1), (1, 0), (1, 1)}


@given(st.lists(st.integers(1, 4), min_size=1, max_size=20), st.integers(0, 100))
def test_stretched_copy_is_warped_back_at_no_cost(durations: list[int], seed: int) -> None:
    frames = np.random.default_rng(seed).standard_normal((len(durations), 24))
    costs = frame_distances(frames, np.repeat(frames, durations, axis=0))
    rows, columns = align(costs)
    assert costs[rows, columns].sum() == 0


def test_costs_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        align(np.array([[0.0, np.nan]]))
