from __future__ import annotations

import dataclasses
from xml.etree import ElementTree

from voicepack.quantize.reports.report import Report, SentenceQuality
from voicepack.quantize.reports.report_junit import to_junit


def suite_of(report: Report) -> ElementTree.Element:
    root = ElementTree.fromstring(to_junit(report))
    assert root.tag == "testsuites"
    suite = root.find("testsuite")
    assert suite is not None
    return suite


def case_of(report: Report, name: str) -> ElementTree.Element:
    case = suite_of(report).find(f"testcase[@name='{name}']")
    assert case is not None
    return case


def test_every_limit_is_a_test_case(report: Report) -> None:
    names = {case.get("name") for case in suite_of(report).iter("testcase")}
    assert names == {"kl_mean", "non_finite", "speaker_cosine", "size_ratio"}


def test_counts_are_those_of_cases_and_failures(report: Report) -> None:
    suite = suite_of(report)
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "3", "0")


def test_broken_limit_is_a_failure_with_its_numbers(report: Report) -> None:
    failure = case_of(report, "kl_mean").find("failure")
    assert failure is not None
    expected = "KL divergence (nats): 0.02, but the budget says <= 0.01"
    assert failure.get("message") == expected


def test_limit_on_what_was_not_measured_is_a_failure(report: Report) -> None:
    failure = case_of(report, "speaker_cosine").find("failure")
    assert failure is not None
    assert failure.get("message") == "Speaker cosine: not measured, but the budget says >= 0.99"


def test_kept_limit_is_no_failure(report: Report) -> None:
    assert case_of(report, "size_ratio").find("failure") is None


def test_output_lists_sentences_worst_first_and_one_a_line(report: Report) -> None:
    output = case_of(report, "kl_mean").findtext("system-out")
    assert output == "0.03  Turn left.\n0.01  Good <morning>."


def test_metric_without_limit_is_a_property(report: Report) -> None:
    found = suite_of(report).find("properties/property[@name='top1_agreement']")
    assert found is not None
    assert found.get("value") == "0.95"


def test_characters_that_xml_cannot_hold_are_replaced(report: Report) -> None:
    odd = SentenceQuality("Bell\x07, lone half \ud800.", {"kl_mean": 1.0})
    output = case_of(dataclasses.replace(report, sentences=(odd,)), "kl_mean")
    assert output.findtext("system-out") == "1  Bell\ufffd, lone half \ufffd."
