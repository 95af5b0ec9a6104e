import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.quantize.calibration.histogram import Histogram
from voicepack.quantize.calibration.ranges import (
    SMALLEST_SCALE,
    Range,
    central_range,
    choose_range,
    least_error_range,
)
from voicepack.quantize.recipe import CalibrationMethod, ConvolutionRecipe


def seen(values: np.ndarray) -> Histogram:
    histogram = Histogram()
    histogram.add(values.astype(np.float32))
    return histogram


def test_minmax_takes_the_farthest_values() -> None:
    recipe = ConvolutionRecipe(method=CalibrationMethod.MINMAX)

    assert choose_range(seen(np.array([-0.5, 0.25, 3.0])), recipe) == Range(-0.5, 3.0)


def test_percentile_cuts_the_same_share_off_both_sides() -> None:
    evenly = np.linspace(-1, 1, 100_001)
    recipe = ConvolutionRecipe(method=CalibrationMethod.PERCENTILE, percentile=90)

    chosen = choose_range(seen(evenly), recipe)

    assert chosen.low == pytest.approx(-0.9, abs=1e-3)
    assert chosen.high == pytest.approx(0.9, abs=1e-3)


def test_a_range_always_holds_zero() -> None:
    assert central_range(seen(np.linspace(2, 3, 1000)), 99).low == 0.0
    assert least_error_range(seen(np.linspace(-3, -2, 1000))).high == 0.0


def test_least_error_of_a_bell_is_near_four_standard_deviations() -> None:
    # For a Gaussian in 8 bits the bound that loses least is 3.92 sigma (Banner et al., "Post
    # training 4-bit quantization of convolutional networks", 2019, table 1).
    bell = np.random.default_rng(0).standard_normal(1_000_000)

    chosen = least_error_range(seen(bell))

    assert chosen.low == pytest.approx(-3.92, abs=0.15)
    assert chosen.high == pytest.approx(3.92, abs=0.15)


def test_least_error_weighs_one_outlier_against_the_rounding_of_all() -> None:
    # By hand: (6 - h)^2 + 1e6 * ((h + 1) / 255)^2 / 12 is least at h = 2.07.
    values = np.append(np.random.default_rng(0).uniform(-1, 1, 1_000_000), 6.0)

    assert least_error_range(seen(values)).high == pytest.approx(2.07, abs=0.05)


@given(st.floats(-100, 0), st.floats(0, 100))
def test_zero_is_a_code(low: float, high: float) -> None:
    span = Range(low, high)

    assert 0 <= int(span.zero_point) <= 255
    assert span.scale > 0


def test_silence_has_a_range_too() -> None:
    assert least_error_range(seen(np.zeros(10))).scale == SMALLEST_SCALE
