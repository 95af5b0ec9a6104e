"""The sampler follows upstream's order and borders."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from voicepack.runtime.randomness import RandomStream
from voicepack.runtime.sampling import (
    Sampling,
    SamplingError,
    keep_top_k,
    keep_top_p,
    penalize_repetition,
    sample,
    softmax,
)

LOGITS = hnp.arrays(
    np.float32, st.integers(2, 40), elements=st.floats(-50, 50, width=32), unique=True
)


def floats(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, np.float32)


def test_repetition_penalty_divides_positive_and_multiplies_negative_logits_once() -> None:
    said = np.array([True, True, False])
    penalized = penalize_repetition(floats(2, -2, 2), said, 2.0)
    assert penalized.tolist() == [1, -4, 2]


def test_top_p_drops_the_token_that_crosses_the_border() -> None:
    logits = np.log(floats(0.5, 0.3, 0.2))
    kept = keep_top_p(logits, 0.7)  # 0.5 stays; 0.5 + 0.3 > 0.7, so the second goes as well
    assert np.isfinite(kept).tolist() == [True, False, False]


def test_top_p_keeps_the_likeliest_token_even_beyond_the_border() -> None:
    kept = keep_top_p(np.log(floats(0.1, 0.9)), 0.5)
    assert np.isfinite(kept).tolist() == [False, True]


def test_top_k_keeps_ties_with_the_kth_largest() -> None:
    kept = keep_top_k(floats(3, 1, 2, 2), 2)
    assert np.isfinite(kept).tolist() == [True, False, True, True]


@given(LOGITS, st.integers(1, 50))
def test_top_k_keeps_k_distinct_logits_unchanged(
    logits: np.ndarray[tuple[int], np.dtype[np.float32]], k: int
) -> None:
    kept = keep_top_k(logits, k)
    finite = np.isfinite(kept)
    assert finite.sum() == min(k, logits.size)
    assert (kept[finite] == logits[finite]).all()


@given(LOGITS)
def test_softmax_sums_to_one_and_keeps_the_order(
    logits: np.ndarray[tuple[int], np.dtype[np.float32]],
) -> None:
    probabilities = softmax(logits)
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert (np.diff(probabilities[np.argsort(logits)]) >= 0).all()


def test_greedy_takes_the_likeliest_and_draws_nothing() -> None:
    random = RandomStream(1)
    assert sample(floats(0, 3, 1), Sampling(top_k=1), random) == 1
    assert random.uniform(1) == RandomStream(1).uniform(1)


def test_sampled_frequencies_follow_the_probabilities() -> None:
    expected = np.array([0.6, 0.3, 0.1])
    random = RandomStream(3)
    logits = np.log(expected).astype(np.float32)
    draws = [sample(logits, Sampling(top_k=3), random) for _ in range(4000)]
    found = np.bincount(draws, minlength=3) / len(draws)
    # Three standard deviations of a binomial share of 4000 draws are below 0.024.
    assert np.abs(found - expected).max() < 0.024


def test_low_temperature_is_nearly_greedy() -> None:
    random = RandomStream(0)
    draws = {sample(floats(1, 2, 1.5), Sampling(top_k=3, temperature=0), random) for _ in range(50)}
    assert draws == {1}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("top_k", 0),
        ("top_p", 0.0),
        ("top_p", 1.1),
        ("temperature", -1.0),
        ("repetition_penalty", 0),
    ],
)
def test_an_option_outside_its_range_is_named(name: str, value: float) -> None:
    with pytest.raises(SamplingError, match=name):
        Sampling(**{name: value})  # type: ignore[arg-type]
