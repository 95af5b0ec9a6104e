from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from voicepack.export.clip import Clip
from voicepack.export.errors import ReferenceClipError
from voicepack.export.prompt_tokens import check_prompt_length, nearest_codes, project

pytestmark = pytest.mark.torch


def clip_of(num_samples: int, sample_rate: int) -> Clip:
    return Clip(Path("clip.wav"), "", np.zeros((1, num_samples), np.float32), sample_rate)


def test_the_nearest_code_is_chosen_by_distance_not_by_direction() -> None:
    codebook = torch.tensor([[10.0, 0.0], [1.0, 1.0], [0.0, -2.0]])
    vectors = np.array([[2.0, 0.5], [9.0, 9.0], [0.0, -5.0]], np.float32)
    # By hand, squared: 64.25 1.25 10.25; 82 128 202; 125 37 9.
    np.testing.assert_array_equal(nearest_codes(vectors, codebook), [1, 0, 2])


def test_of_equally_near_codes_the_first_is_chosen() -> None:
    codebook = torch.tensor([[3.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [1.0, 0.0]])
    np.testing.assert_array_equal(nearest_codes(np.zeros((1, 2), np.float32), codebook), [1])


@given(seed=st.integers(0, 2**32 - 1))
def test_every_code_is_nearest_to_itself(seed: int) -> None:
    codebook = np.random.default_rng(seed).standard_normal((20, 8)).astype(np.float32)
    np.testing.assert_array_equal(nearest_codes(codebook, torch.from_numpy(codebook)), range(20))


@pytest.mark.parametrize(("num_frames", "num_tokens"), [(2, 1), (3, 1), (4, 2), (189, 94)])
def test_two_frames_become_one_and_an_odd_last_one_is_dropped(
    num_frames: int, num_tokens: int
) -> None:
    projection = nn.Conv1d(4, 5, kernel_size=2, stride=2)
    features = np.ones((num_frames, 4), np.float32)
    assert project(features, projection).shape == (num_tokens, 5)


def test_a_frame_pair_is_projected_tap_by_tap() -> None:
    projection = nn.Conv1d(1, 1, kernel_size=2, stride=2)
    projection.load_state_dict(
        {"weight": torch.tensor([[[2.0, 10.0]]]), "bias": torch.tensor([0.5])}
    )
    features = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]], np.float32)
    np.testing.assert_array_equal(project(features, projection), [[22.5], [46.5]])


@pytest.mark.parametrize(
    ("num_samples", "sample_rate"),
    [(48000, 16000), (160000, 16000), (96000, 32000), (441000, 44100), (132299, 44100)],
)
def test_three_to_ten_seconds_at_16_khz_are_accepted(num_samples: int, sample_rate: int) -> None:
    check_prompt_length(clip_of(num_samples, sample_rate))


@pytest.mark.parametrize(
    ("num_samples", "sample_rate", "found"),
    [
        (47999, 16000, r"3\.00 s"),
        (160001, 16000, r"10\.00 s"),
        (132296, 44100, r"3\.00 s"),
        (22050, 22050, r"1\.00 s"),
        (48000 * 75, 48000, r"75\.00 s"),
    ],
)
def test_other_lengths_are_refused_with_what_was_found(
    num_samples: int, sample_rate: int, found: str
) -> None:
    with pytest.raises(ReferenceClipError, match=rf"clip\.wav: {found} long.*3 to 10 s.*ffmpeg"):
        check_prompt_length(clip_of(num_samples, sample_rate))
