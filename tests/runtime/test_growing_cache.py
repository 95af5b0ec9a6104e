"""The cache that the host grows, against a plain concatenation."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.growing_cache import GrowingCache
from voicepack.runtime.manifest import Text2SemanticShape

SHAPE = Text2SemanticShape(num_layers=2, num_heads=3, head_size=4, vocabulary=5)


def drawn(random: np.random.Generator, positions: int) -> np.ndarray:
    return random.standard_normal((2, 3, positions, 4), np.float32)


@given(
    prefill=st.integers(1, 200),
    chunks=st.lists(st.integers(1, 70), max_size=8),
    seed=st.integers(0, 99),
)
def test_what_is_appended_is_there_after_any_growth(
    prefill: int, chunks: list[int], seed: int
) -> None:
    random = np.random.default_rng(seed)
    cache = GrowingCache(SHAPE)
    cache.start(prefill)
    keys = [drawn(random, count) for count in [prefill, *chunks]]
    values = [drawn(random, count) for count in [prefill, *chunks]]

    for new_keys, new_values in zip(keys, values, strict=True):
        cache.append(new_keys, new_values)

    assert np.array_equal(cache.keys[:, :, : cache.length], np.concatenate(keys, axis=2))
    assert np.array_equal(cache.values[:, :, : cache.length], np.concatenate(values, axis=2))
    assert cache.capacity >= cache.length == prefill + sum(chunks)


def test_it_says_when_its_arrays_are_others() -> None:
    cache = GrowingCache(SHAPE)
    cache.start(1)
    one = np.ones((2, 3, 1, 4), np.float32)

    assert not cache.append(one, one)
    assert cache.append(one, one)
    assert not cache.append(one, one)


def test_each_layer_is_contiguous_for_the_engine() -> None:
    cache = GrowingCache(SHAPE)
    cache.start(70)
    new = np.ones((2, 3, 70, 4), np.float32)
    cache.append(new, new)

    assert all(cache.keys[layer : layer + 1].flags.c_contiguous for layer in range(2))


def test_a_second_sentence_finds_only_finite_numbers() -> None:
    cache = GrowingCache(SHAPE)
    for _ in range(2):
        cache.start(100)
        new = np.ones((2, 3, 100, 4), np.float32)
        cache.append(new, new)

        assert np.isfinite(cache.keys).all()
        assert cache.length == 100
