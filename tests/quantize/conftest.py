"""A small report that the tests of all its formats share."""

from __future__ import annotations

import math

import pytest

from voicepack.quantize.budget import make_budget
from voicepack.quantize.report import Report, SentenceQuality


@pytest.fixture
def report() -> Report:
    """Mean KL 0.02 against 0.01, top-1 0.95 free, NaN in one sentence, speaker not measured."""
    return Report(
        pack="demo-int8",
        baseline="demo-fp32",
        budget=make_budget(
            {"kl_mean": 0.01, "non_finite": 0, "speaker_cosine": 0.99, "size_ratio": 0.28}, "test"
        ),
        sentences=(
            SentenceQuality("Good <morning>.", {"kl_mean": 0.01, "top1_agreement": 0.9}),
            SentenceQuality("Turn\nleft.", {"kl_mean": 0.03, "non_finite": 3, "snr_db": math.inf}),
            SentenceQuality("Stop.", {"top1_agreement": 1.0, "non_finite": 0}),
        ),
        pack_values={"size_ratio": 0.27},
    )
