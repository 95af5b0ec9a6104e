from __future__ import annotations

import hashlib
import math
from pathlib import Path

import pytest

from voicepack.quantize.budget import DEFAULT_BUDGET, make_budget, read_budget
from voicepack.quantize.errors import QualityError


def write(folder: Path, toml: str) -> Path:
    path = folder / "budget.toml"
    path.write_text(toml, encoding="utf-8")
    return path


def test_budget_is_read_from_toml(tmp_path: Path) -> None:
    budget = read_budget(write(tmp_path, "[limits]\nkl_mean = 0.02\nsnr_db = 20\n"))
    assert budget.values == {"kl_mean": 0.02, "snr_db": 20.0}


def test_error_metric_may_be_at_most_its_limit() -> None:
    limit = make_budget({"kl_mean": 0.01}, "test").limits["kl_mean"]
    assert [limit.allows(value) for value in (0.009, 0.01, 0.011)] == [True, True, False]
    assert str(limit) == "<= 0.01"


def test_quality_metric_must_be_at_least_its_limit() -> None:
    limit = make_budget({"top1_agreement": 0.97}, "test").limits["top1_agreement"]
    assert [limit.allows(value) for value in (0.96, 0.97, 1.0)] == [False, True, True]
    assert str(limit) == ">= 0.97"


@pytest.mark.parametrize("metric", ["kl_mean", "snr_db"])
def test_nan_keeps_no_limit(metric: str) -> None:
    assert not make_budget({metric: 0}, "test").limits[metric].allows(math.nan)


def test_hash_does_not_depend_on_order_or_spelling() -> None:
    one = make_budget({"kl_mean": 0.01, "loops": 0}, "one")
    other = make_budget({"loops": 0.0, "kl_mean": 1e-2}, "other")
    assert one.sha256 == other.sha256


def test_hash_is_that_of_canonical_json() -> None:
    expected = hashlib.sha256(b'{"kl_mean":0.5,"loops":0.0}').hexdigest()
    assert make_budget({"loops": 0, "kl_mean": 0.5}, "test").sha256 == expected


def test_hash_changes_with_a_limit() -> None:
    one, other = (make_budget({"kl_mean": value}, "test") for value in (0.01, 0.02))
    assert one.sha256 != other.sha256


def test_all_faults_of_a_budget_are_in_one_message(tmp_path: Path) -> None:
    path = write(tmp_path, '[limits]\nkl = 1\nsnr_db = "high"\nloops = true\nmcd_db = nan\n')
    with pytest.raises(QualityError) as failure:
        read_budget(path)
    message = str(failure.value)
    assert "kl is not a metric" in message
    assert "snr_db = 'high' is no number" in message
    assert "loops = True is no number" in message
    assert "mcd_db = nan is no number" in message


@pytest.mark.parametrize(
    "toml", ["", "limits = 3", "[limits]", "kl_mean = 1", "[limits", "[other]"]
)
def test_file_that_is_no_budget_is_refused_by_name(tmp_path: Path, toml: str) -> None:
    with pytest.raises(QualityError, match=r"budget\.toml: .*\[limits\]"):
        read_budget(write(tmp_path, toml))


def test_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(QualityError, match=r"absent\.toml"):
        read_budget(tmp_path / "absent.toml")


def test_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "budget.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(QualityError, match=r"budget\.toml"):
        read_budget(path)


def test_default_budget_holds_the_figures_promised_for_int8() -> None:
    limits = DEFAULT_BUDGET.values
    assert (limits["kl_mean"], limits["top1_agreement"]) == (0.01, 0.97)
    assert limits["speaker_cosine"] == 0.99
    assert (limits["loops"], limits["non_finite"]) == (0, 0)
