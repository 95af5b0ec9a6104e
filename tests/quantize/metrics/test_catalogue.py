from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voicepack.quantize.metrics.catalogue import CATALOGUE, METRICS, Better, Metric

LOWER = Metric("error", "Error")
HIGHER = Metric("quality", "Quality", Better.HIGHER)


def test_every_metric_has_its_own_name_and_title() -> None:
    assert len(METRICS) == len(CATALOGUE)
    assert len({metric.title for metric in CATALOGUE}) == len(CATALOGUE)


def test_badness_sorts_errors_upwards() -> None:
    values = [np.nan, 2.0, -np.inf, 1.0, np.inf]
    expected = [-np.inf, 1.0, 2.0, np.inf, np.nan]
    np.testing.assert_array_equal(sorted(values, key=LOWER.badness), expected)


def test_badness_sorts_qualities_downwards() -> None:
    values = [np.nan, 2.0, -np.inf, 1.0, np.inf]
    expected = [np.inf, 2.0, 1.0, -np.inf, np.nan]
    np.testing.assert_array_equal(sorted(values, key=HIGHER.badness), expected)


@given(st.floats())
def test_no_value_is_worse_than_itself(value: float) -> None:
    assert not LOWER.badness(value) > LOWER.badness(value)
