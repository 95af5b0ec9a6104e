import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch", reason="needs the export extra")

import torch

from voicepack.export.relative_attention import (
    RelativeAttention,
    distances_to_frames,
    frames_to_distances,
)

pytestmark = pytest.mark.torch

LENGTHS = st.integers(1, 12)
WINDOWS = st.integers(1, 5)


def head_by_head(attention: RelativeAttention, hidden: np.ndarray) -> np.ndarray:
    """Follow equations 3 and 4 of Shaw et al. (2018), one query and one key at a time."""
    (channels, length), heads = hidden.shape, attention.num_heads
    size = channels // heads
    weights = {name: value.double().numpy() for name, value in attention.state_dict().items()}
    query, key, value = (
        weights[f"{name}.weight"][:, :, 0] @ hidden + weights[f"{name}.bias"][:, None]
        for name in ("query", "key", "value")
    )
    near_keys, near_values = weights["distance_keys"][0], weights["distance_values"][0]
    window = len(near_keys) // 2
    attended = np.zeros_like(hidden)
    for head in range(heads):
        rows = slice(head * size, (head + 1) * size)
        q, k, v = query[rows], key[rows], value[rows]
        for i in range(length):
            scores = np.empty(length)
            values = np.empty((length, size))
            for j in range(length):
                is_near = abs(j - i) <= window
                near_key = near_keys[j - i + window] if is_near else np.zeros(size)
                near_value = near_values[j - i + window] if is_near else np.zeros(size)
                scores[j] = q[:, i] @ (k[:, j] + near_key) / math.sqrt(size)
                values[j] = v[:, j] + near_value
            share = np.exp(scores - scores.max())
            attended[rows, i] = share @ values / share.sum()
    output = weights["output.weight"][:, :, 0] @ attended + weights["output.bias"][:, None]
    return np.asarray(output)


@given(length=LENGTHS, window=WINDOWS, seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_attention_equals_the_paper_written_as_loops(length: int, window: int, seed: int) -> None:
    torch.manual_seed(seed)
    attention = RelativeAttention(channels=6, num_heads=2, window=window)
    for parameter in attention.parameters():
        torch.nn.init.normal_(parameter)
    hidden = torch.randn(1, 6, length)

    with torch.inference_mode():
        attended = attention(hidden)[0].numpy()

    expected = head_by_head(attention, hidden[0].double().numpy())
    np.testing.assert_allclose(attended, expected, rtol=1e-4, atol=1e-4)  # float32, sums of 6 to 12


@given(length=LENGTHS, window=WINDOWS)
@settings(deadline=None)
def test_a_band_goes_to_its_diagonals_and_the_rest_is_zero(length: int, window: int) -> None:
    near = torch.arange(1.0, 1 + length * (2 * window + 1)).view(1, length, 2 * window + 1)

    placed = distances_to_frames(near)[0]

    for i in range(length):
        for j in range(length):
            is_near = abs(j - i) <= window
            assert placed[i, j] == (near[0, i, j - i + window] if is_near else 0)


@given(length=LENGTHS, window=WINDOWS)
@settings(deadline=None)
def test_cutting_a_band_out_gives_back_what_was_put_in(length: int, window: int) -> None:
    near = torch.rand(2, length, 2 * window + 1)
    frame = torch.arange(length).view(-1, 1) + torch.arange(-window, window + 1)
    exists = (frame >= 0) & (frame < length)

    recovered = frames_to_distances(distances_to_frames(near), 2 * window + 1)

    assert torch.equal(recovered, near * exists)
