from __future__ import annotations

import numpy as np
import pytest

from voicepack.quantize.metrics.speaker import cosine


def test_cosine_of_a_three_four_five_triangle() -> None:
    assert cosine(np.array([1.0, 0.0]), np.array([3.0, 4.0])) == pytest.approx(0.6)


def test_opposite_embeddings_have_cosine_minus_one() -> None:
    embedding = np.array([0.1, -0.7, 0.3], np.float32)
    assert cosine(embedding, -2 * embedding) == pytest.approx(-1)


def test_zero_embedding_is_like_nothing() -> None:
    assert cosine(np.array([1.0, 2.0]), np.zeros(2)) == 0


def test_nan_stays_nan() -> None:
    assert np.isnan(cosine(np.array([1.0, 2.0]), np.array([np.nan, 1.0])))


def test_embeddings_of_different_size_are_refused() -> None:
    with pytest.raises(ValueError, match="channels"):
        cosine(np.zeros(512), np.zeros(1024))
