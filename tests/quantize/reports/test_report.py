from __future__ import annotations

import dataclasses
import math

import pytest

from voicepack.quantize.budget import make_budget
from voicepack.quantize.metrics.catalogue import METRICS
from voicepack.quantize.reports.report import Report, SentenceQuality, Verdict, changes


def verdict_on(report: Report, name: str) -> Verdict:
    return next(verdict for verdict in report.verdicts() if verdict.metric.name == name)


def with_values(report: Report, *values: dict[str, float]) -> Report:
    sentences = tuple(SentenceQuality("A sentence.", entry) for entry in values)
    return dataclasses.replace(report, sentences=sentences)


def test_quality_is_the_mean_of_the_sentences_measured(report: Report) -> None:
    assert report.value(METRICS["kl_mean"]) == pytest.approx(0.02)
    assert report.value(METRICS["top1_agreement"]) == pytest.approx(0.95)


def test_damage_is_that_of_the_worst_sentence(report: Report) -> None:
    assert report.value(METRICS["non_finite"]) == 3


def test_value_of_the_pack_stands_for_itself(report: Report) -> None:
    assert report.value(METRICS["size_ratio"]) == 0.27


def test_metric_over_its_limit_fails(report: Report) -> None:
    assert not verdict_on(report, "kl_mean").passed
    assert not report.passed


def test_metric_within_its_limit_passes(report: Report) -> None:
    assert verdict_on(report, "size_ratio").passed


def test_metric_without_limit_passes(report: Report) -> None:
    assert verdict_on(report, "top1_agreement").passed


def test_limited_metric_that_was_not_measured_fails(report: Report) -> None:
    verdict = verdict_on(report, "speaker_cosine")
    assert verdict.value is None
    assert not verdict.passed


def test_metric_neither_measured_nor_limited_is_not_judged(report: Report) -> None:
    assert "mcd_db" not in {verdict.metric.name for verdict in report.verdicts()}


def test_report_passes_when_every_limit_is_kept(report: Report) -> None:
    budget = make_budget({"kl_mean": 0.02, "non_finite": 3, "size_ratio": 0.27}, "test")
    assert dataclasses.replace(report, budget=budget).passed


def test_nan_in_one_sentence_fails_the_mean(report: Report) -> None:
    broken = with_values(report, {"kl_mean": 0.0}, {"kl_mean": math.nan})
    assert not verdict_on(broken, "kl_mean").passed


def test_infinities_of_both_signs_have_no_mean(report: Report) -> None:
    odd = with_values(report, {"snr_db": math.inf}, {"snr_db": -math.inf})
    value = odd.value(METRICS["snr_db"])
    assert value is not None
    assert math.isnan(value)


def test_sentences_come_worst_first(report: Report) -> None:
    by_error = report.worst_first(METRICS["kl_mean"])
    by_quality = report.worst_first(METRICS["top1_agreement"])
    assert [quality.text for quality in by_error] == ["Turn\nleft.", "Good <morning>."]
    assert [quality.text for quality in by_quality] == ["Good <morning>.", "Stop."]


def test_change_for_the_worse_is_seen_whichever_way_that_is(report: Report) -> None:
    before = with_values(report, {"kl_mean": 0.01, "snr_db": 30, "mcd_db": 2})
    after = with_values(report, {"kl_mean": 0.02, "snr_db": 20, "mcd_db": 1})
    worsened = {change.metric.name for change in changes(before, after) if change.worsened}
    assert worsened == {"kl_mean", "snr_db"}


def test_metric_missing_from_one_report_has_no_change(report: Report) -> None:
    before = with_values(report, {"kl_mean": 0.01})
    after = with_values(report, {"kl_mean": 0.01, "snr_db": 20})
    names = [change.metric.name for change in changes(before, after)]
    assert names == ["kl_mean", "size_ratio"]
