import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voicepack.quantize.formats.channel_rounding import (
    LARGEST_MULTIPLIED,
    LARGEST_STORED,
    round_channels,
)

WEIGHTS = arrays(np.float32, (2, 3, 1, 4), elements=st.floats(-4, 4, width=32))


def test_codes_times_scales_are_the_weights() -> None:
    weight = np.array([[127.0, -64.0], [0.5, -0.25]], np.float32)

    rounded = round_channels(weight, axis=0, largest=127)

    np.testing.assert_array_equal(rounded.scales[0], np.float32(1.0))
    np.testing.assert_array_equal(rounded.codes[0], [127, -64])
    assert rounded.codes.dtype == np.int8


@given(WEIGHTS, st.sampled_from([0, 1]))
def test_rounding_loses_no_more_than_the_scale_that_clips_nothing(
    weight: np.ndarray, axis: int
) -> None:
    other = tuple(each for each in range(4) if each != axis)
    plain = np.abs(weight).max(axis=other, keepdims=True) / LARGEST_STORED

    rounded = round_channels(weight, axis, LARGEST_STORED)

    shape = [-1 if each == axis else 1 for each in range(4)]
    lost = np.square(rounded.codes * rounded.scales.reshape(shape) - weight).sum()
    # Half a step each, for the plain scale; a little more for rounding in float32.
    assert lost <= (np.ones_like(weight) * plain**2 / 4).sum() * 1.001 + 1e-12


@given(WEIGHTS)
def test_two_products_of_seven_bit_weights_fit_sixteen_bits(weight: np.ndarray) -> None:
    codes = round_channels(weight, 0, LARGEST_MULTIPLIED).codes.astype(np.int64)

    assert 255 * 2 * np.abs(codes).max(initial=0) <= np.iinfo(np.int16).max


def test_a_channel_of_zeros_stays_zero() -> None:
    rounded = round_channels(np.zeros((2, 3), np.float32), 0, LARGEST_STORED)

    np.testing.assert_array_equal(rounded.codes, 0)
    np.testing.assert_array_equal(rounded.scales, 1)


def test_scales_are_at_least_the_smallest_allowed() -> None:
    weight = np.full((2, 3), 1e-6, np.float32)

    rounded = round_channels(weight, 0, LARGEST_STORED, np.array([0.5, 0.0], np.float32))

    assert rounded.scales[0] == 0.5
    assert rounded.scales[1] < 1e-7
