from __future__ import annotations

from pathlib import Path

import pytest

from voicepack.quantize.search.measurements import Measurements, Values


def refuse() -> Values:
    raise AssertionError("measured again")


def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    journal = tmp_path / "new folder" / "search.jsonl"
    first = Measurements(journal).recall("mix a", lambda: {"kl_mean": 0.1, "bytes": 7})
    assert Measurements(journal).recall("mix a", refuse) == first == {"kl_mean": 0.1, "bytes": 7}


def test_a_measurement_that_failed_is_not_remembered(tmp_path: Path) -> None:
    measurements = Measurements(tmp_path / "search.jsonl")
    with pytest.raises(AssertionError):
        measurements.recall("mix a", refuse)
    assert measurements.recall("mix a", lambda: {"kl_mean": 0.1}) == {"kl_mean": 0.1}


def test_a_line_that_was_cut_short_is_measured_again_and_harms_no_other(tmp_path: Path) -> None:
    journal = tmp_path / "search.jsonl"
    before = Measurements(journal)
    before.recall("a", lambda: {"kl_mean": 0.1})
    before.recall("b", lambda: {"kl_mean": 0.2})
    journal.write_bytes(journal.read_bytes()[:-5])
    Measurements(journal).recall("b", lambda: {"kl_mean": 0.3})
    after = Measurements(journal)
    assert after.recall("a", refuse) == {"kl_mean": 0.1}
    assert after.recall("b", refuse) == {"kl_mean": 0.3}


def test_infinity_and_nan_are_remembered(tmp_path: Path) -> None:
    journal = tmp_path / "search.jsonl"
    Measurements(journal).recall("a", lambda: {"snr_db": float("inf"), "kl_mean": float("nan")})
    values = Measurements(journal).recall("a", refuse)
    assert values["snr_db"] == float("inf")
    assert values["kl_mean"] != values["kl_mean"]
