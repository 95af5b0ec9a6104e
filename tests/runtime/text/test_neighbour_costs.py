from __future__ import annotations

import numpy as np

from voicepack.runtime.text.neighbour_costs import unfold_costs


def test_rows_and_columns_are_added_to_those_they_are_like() -> None:
    # The second row is the first and 7; of the differences, the third column is like the second.
    folded = np.array([[3, -9, 0], [7, 0, 0], [5, 1, 100]], np.int16)
    costs = unfold_costs(folded, np.array([0, 0, 1]), np.array([0, 0, 1]))
    # Columns first: [3, -6, -6], [7, 7, 7], [5, 6, 106]; then each row on the one it is like.
    assert costs.tolist() == [[3, -6, -6], [10, 1, 1], [15, 7, 107]]


def test_sums_wrap_around_as_differences_do() -> None:
    folded = np.array([[30_000], [-25_536]], np.int16)  # 40 000 above is 25 536 below
    assert unfold_costs(folded, np.array([0, 0]), np.array([0])).tolist() == [[30_000], [4_464]]
