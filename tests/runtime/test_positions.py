"""Positions are the sines and cosines of Vaswani et al."""

from __future__ import annotations

import math

import numpy as np
import pytest

from voicepack.runtime.positions import sine_positions


def test_positions_equal_the_formula_of_the_paper() -> None:
    table = sine_positions(3, 5, 6)
    for row, position in enumerate((3, 4)):
        for pair in range(3):
            angle = position / 10_000 ** (2 * pair / 6)
            assert table[row, 2 * pair] == pytest.approx(math.sin(angle), abs=1e-6)
            assert table[row, 2 * pair + 1] == pytest.approx(math.cos(angle), abs=1e-6)


def test_a_part_of_the_table_equals_the_whole() -> None:
    assert np.array_equal(sine_positions(0, 50, 8)[20:30], sine_positions(20, 30, 8))
