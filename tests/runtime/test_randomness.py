"""Random streams are fixed by seed and place, and have the distributions they claim."""

from __future__ import annotations

import numpy as np

from voicepack.runtime.randomness import RandomStream

MANY = 20_000


def test_same_seed_and_place_give_the_same_numbers() -> None:
    first, second = RandomStream(7, 2, 1), RandomStream(7, 2, 1)
    assert np.array_equal(first.normal(3, 5), second.normal(3, 5))


def test_another_place_gives_other_numbers() -> None:
    assert not np.array_equal(RandomStream(7, 0).uniform(8), RandomStream(7, 1).uniform(8))


def test_uniform_numbers_come_from_the_generator_s_bits() -> None:
    raw = np.random.PCG64(np.random.SeedSequence((5,))).random_raw(4)
    by_hand = [((int(bits) >> 11) + 0.5) / 2**53 for bits in raw]
    assert RandomStream(5).uniform(4).tolist() == by_hand


def test_exponential_numbers_have_mean_and_deviation_one() -> None:
    drawn = RandomStream(0).exponential(MANY)
    # Four standard errors of the mean: 4 / sqrt(20000) = 0.028.
    assert abs(drawn.mean() - 1) < 0.028
    assert drawn.min() > 0
    assert abs(drawn.std() - 1) < 0.05


def test_normal_numbers_have_mean_zero_and_deviation_one() -> None:
    drawn = RandomStream(0).normal(1, MANY)
    assert drawn.dtype == np.float32
    assert abs(drawn.mean()) < 0.028
    assert abs(drawn.std() - 1) < 0.02
    assert abs((np.abs(drawn) < 1).mean() - 0.6827) < 0.014
