from __future__ import annotations

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voicepack.quantize.metrics.divergence import (
    Logits,
    compare_logits,
    kl_divergence,
    top1_agreement,
    top_k_overlap,
)

LOGITS = arrays(np.float64, (3, 5), elements=st.floats(-30, 30))


def test_divergence_of_a_fair_coin_from_one_to_three() -> None:
    reference = np.log([[0.25, 0.75]])
    candidate = np.zeros((1, 2))
    by_hand = 0.25 * np.log(0.25 / 0.5) + 0.75 * np.log(0.75 / 0.5)
    np.testing.assert_allclose(kl_divergence(reference, candidate), [by_hand], rtol=1e-14)


@given(LOGITS, LOGITS)
def test_divergence_agrees_with_scipy(reference: Logits, candidate: Logits) -> None:
    p, q = (scipy.special.softmax(logits, axis=1) for logits in (reference, candidate))
    expected = scipy.special.rel_entr(p, q).sum(axis=1)
    np.testing.assert_allclose(kl_divergence(reference, candidate), expected, rtol=1e-9, atol=1e-12)


@given(LOGITS, LOGITS)
def test_divergence_is_never_negative(reference: Logits, candidate: Logits) -> None:
    assert (kl_divergence(reference, candidate) >= 0).all()


@given(LOGITS)
def test_divergence_of_equal_logits_is_zero(logits: Logits) -> None:
    np.testing.assert_array_equal(kl_divergence(logits, logits), 0)


@given(LOGITS, LOGITS, st.floats(-100, 100))
def test_adding_a_number_to_all_logits_changes_nothing(
    reference: Logits, candidate: Logits, shift: float
) -> None:
    # Adding 100 costs a logit 7e-15 of its value, and a divergence is up to 60 such differences.
    np.testing.assert_allclose(
        kl_divergence(reference, candidate + shift),
        kl_divergence(reference, candidate),
        atol=1e-12,
    )


def test_huge_float32_logits_do_not_overflow() -> None:
    reference = np.array([[3e38, 0.0]], np.float32)
    candidate = np.array([[3e38, 3e38]], np.float32)
    np.testing.assert_allclose(kl_divergence(reference, candidate), [np.log(2)], rtol=1e-14)


def test_token_that_both_ban_counts_nothing() -> None:
    reference = np.array([[0.0, 1.0, -np.inf]])
    np.testing.assert_array_equal(kl_divergence(reference, reference), [0])


def test_banning_what_the_reference_may_say_is_infinitely_far() -> None:
    assert kl_divergence(np.array([[0.0, 0.0]]), np.array([[0.0, -np.inf]])) == np.inf


@pytest.mark.parametrize("damage", [np.nan, np.inf])
def test_broken_logits_make_the_divergence_nan(damage: float) -> None:
    reference, candidate = np.zeros((2, 3)), np.zeros((2, 3))
    candidate[1, 2] = damage
    np.testing.assert_array_equal(kl_divergence(reference, candidate), [0, np.nan])


def test_top1_agreement_counts_positions() -> None:
    reference = np.array([[1, 2, 3], [3, 2, 1], [1, 5, 1], [0, 0, 1]], np.float32)
    candidate = np.array([[0, 0, 9], [1, 2, 3], [1, 5, 1], [0, 0, 2]], np.float32)
    assert top1_agreement(reference, candidate) == 0.75


def test_position_with_nan_disagrees() -> None:
    reference = np.array([[9.0, 0.0]])
    candidate = np.array([[np.nan, 0.0]])
    assert top1_agreement(reference, candidate) == 0


def test_top_k_overlap_counts_shared_tokens() -> None:
    reference = np.array([[4, 3, 2, 1], [1, 2, 3, 4]], np.float32)
    candidate = np.array([[3, 4, 1, 2], [4, 1, 2, 3]], np.float32)
    assert top_k_overlap(reference, candidate, 2) == (2 / 2 + 1 / 2) / 2


def test_sentence_is_summed_up_by_mean_and_worst() -> None:
    reference, candidate = np.zeros((2, 20)), np.zeros((2, 20))
    reference[1, 0] = 100.0
    summary = compare_logits(reference, candidate)
    assert summary.worst_kl == pytest.approx(np.log(20))
    assert summary.mean_kl == pytest.approx(np.log(20) / 2)


@pytest.mark.parametrize("shape", [(2, 4), (3,), (0, 3)])
def test_unfit_shapes_are_named(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\(num_positions, vocabulary\)"):
        kl_divergence(np.zeros(shape), np.zeros((2, 3)) if shape[-1] == 4 else np.zeros(shape))


def test_k_beyond_the_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match="k is 4"):
        top_k_overlap(np.zeros((1, 3)), np.zeros((1, 3)), 4)
