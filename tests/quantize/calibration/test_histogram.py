import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voicepack.quantize.calibration.histogram import NUM_BINS, Histogram

FLOATS = st.floats(-1e6, 1e6, width=32)


def test_a_value_is_counted_between_the_edges_around_it() -> None:
    histogram = Histogram()

    histogram.add(np.array([0.75, -0.25, 0.75], np.float32))

    # The limit is 1, the next power of two, so a bin is 2 / 8192 wide.
    assert histogram.limit == 1.0
    assert histogram.counts[NUM_BINS // 2 + 3 * NUM_BINS // 8] == 2
    assert histogram.counts[NUM_BINS // 2 - NUM_BINS // 8] == 1
    assert (histogram.low, histogram.high) == (-0.25, 0.75)


def test_the_largest_number_below_the_limit_falls_into_the_last_bin() -> None:
    histogram = Histogram()

    histogram.add(np.array([np.nextafter(np.float32(1), np.float32(0))], np.float32))

    assert histogram.counts[-1] == 1


@given(st.lists(FLOATS, max_size=30), st.lists(FLOATS, max_size=30))
def test_the_order_of_the_data_does_not_matter(first: list[float], second: list[float]) -> None:
    forward, backward = Histogram(), Histogram()

    for values in (first, second):
        forward.add(np.array(values, np.float32))
    for values in (second, first):
        backward.add(np.array(values, np.float32))

    assert forward.limit == backward.limit
    assert forward.counts.sum() == len(first) + len(second)
    # A value on an edge may be rounded to either side of it before two bins become one.
    moved = np.abs(np.cumsum(forward.counts - backward.counts))
    assert moved.max() <= len(first) + len(second)
    assert (forward.low, forward.high) == (backward.low, backward.high)
