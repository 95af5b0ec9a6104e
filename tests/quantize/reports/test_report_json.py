from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voicepack.quantize.budget import make_budget
from voicepack.quantize.errors import QualityError
from voicepack.quantize.metrics.catalogue import METRICS
from voicepack.quantize.reports.report import Report, Sensitivity, SentenceQuality
from voicepack.quantize.reports.report_json import read_report, to_document, to_json

NAMES = st.sampled_from(sorted(METRICS))
# NaN is not equal to itself; it has its own test. An engine that ran earlier in this process may
# have told the processor to take subnormal numbers for zero.
# No metric is so large that a mean overflows.
NUMBERS = st.floats(-1e300, 1e300, allow_subnormal=False) | st.just(math.inf)
SENTENCES = st.builds(SentenceQuality, st.text(), st.dictionaries(NAMES, NUMBERS))


@given(
    st.lists(SENTENCES, max_size=3),
    st.dictionaries(NAMES, st.floats(-1e300, 1e300, allow_subnormal=False)),
    st.dictionaries(NAMES, NUMBERS),
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_report_read_back_is_the_report_written(
    tmp_path: Path,
    sentences: list[SentenceQuality],
    limits: dict[str, float],
    pack_values: dict[str, float],
) -> None:
    budget = make_budget(limits, "test")
    report = Report("int8", "fp32", budget, tuple(sentences), pack_values)
    path = tmp_path / "report.json"
    path.write_text(to_json(report), encoding="utf-8")
    assert read_report(path) == report


def test_document_has_the_fields_of_schema_1(report: Report) -> None:
    document = to_document(report)
    assert document["schema"] == 1
    assert document["passed"] is False
    assert document["budget"]["sha256"] == report.budget.sha256
    assert document["summary"]["size_ratio"] == {
        "value": 0.27,
        "limit": 0.28,
        "better": "lower",
        "passed": True,
    }
    assert document["summary"]["speaker_cosine"]["value"] is None
    assert document["sentences"][2] == {
        "text": "Stop.",
        "values": {"top1_agreement": 1.0, "non_finite": 0},
    }


def test_notes_and_sensitivity_are_read_back(report: Report, tmp_path: Path) -> None:
    ranking = (Sensitivity("blocks.0 fc1", "kl_mean", math.inf),)
    full = dataclasses.replace(report, notes=("Mind this.",), sensitivity=ranking)
    path = tmp_path / "report.json"
    path.write_text(to_json(full), encoding="utf-8")
    assert read_report(path) == full


def test_a_report_from_before_there_were_notes_is_read(report: Report, tmp_path: Path) -> None:
    document = to_document(report)
    del document["notes"], document["sensitivity"]
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert read_report(path) == report


def test_infinity_is_written_as_a_string(report: Report) -> None:
    assert json.loads(to_json(report))["sentences"][1]["values"]["snr_db"] == "inf"


def test_nan_survives(tmp_path: Path) -> None:
    report = Report("int8", "fp32", make_budget({}, "test"), (), {"load_s": float("nan")})
    path = tmp_path / "report.json"
    path.write_text(to_json(report), encoding="utf-8")
    assert str(read_report(path).pack_values["load_s"]) == "nan"


def test_metrics_of_another_version_are_left_out(tmp_path: Path, report: Report) -> None:
    document = to_document(report)
    document["pack_values"]["taste"] = 5
    document["budget"]["limits"]["taste"] = 3
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert read_report(path) == report


def test_report_of_another_schema_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"schema": 2}', encoding="utf-8")
    with pytest.raises(QualityError, match=r"schema 2.*again"):
        read_report(path)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "3", "{}", '{"schema": 1}', '{"schema": 1, "budget": 5, "pack": 1, "baseline": 2}'],
)
def test_file_that_is_no_report_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(QualityError, match=r"report\.json: no report"):
        read_report(path)


def test_missing_report_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(QualityError, match=r"absent\.json"):
        read_report(tmp_path / "absent.json")


@pytest.mark.parametrize("damage", [{"pack": 5}, {"sentences": [{"text": 3, "values": {}}]}])
def test_text_that_is_no_text_is_refused(
    tmp_path: Path, report: Report, damage: dict[str, Any]
) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(to_document(report) | damage), encoding="utf-8")
    with pytest.raises(QualityError, match=r"report\.json: no report"):
        read_report(path)
