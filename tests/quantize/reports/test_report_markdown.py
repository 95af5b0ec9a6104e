from __future__ import annotations

import dataclasses

from voicepack.quantize.budget import make_budget
from voicepack.quantize.reports.report import Report, changes
from voicepack.quantize.reports.report_markdown import table, to_markdown, to_markdown_with_changes


def test_table_lines_up() -> None:
    report = Report(
        "p", "b", make_budget({"kl_mean": 0.01}, ""), (), {"kl_mean": 0.02, "load_s": 2}
    )
    assert table(report) == (
        "| Metric               | Value | Limit   | Verdict |\n"
        "| -------------------- | ----- | ------- | ------- |\n"
        "| KL divergence (nats) | 0.02  | <= 0.01 | OVER    |\n"
        "| Load time (s)        | 2     |         |         |"
    )


def test_heading_says_the_verdict(report: Report) -> None:
    free = dataclasses.replace(report, budget=make_budget({}, "test"))
    assert to_markdown(report).startswith("## demo-int8: over budget\n")
    assert to_markdown(free).startswith("## demo-int8: within budget\n")


def test_worst_sentence_of_a_broken_limit_is_named_on_one_line(report: Report) -> None:
    assert "\n- KL divergence (nats), worst at 0.03: Turn left.\n" in to_markdown(report)


def test_metric_that_was_not_measured_is_in_the_table(report: Report) -> None:
    line = next(line for line in table(report).splitlines() if "Speaker cosine" in line)
    assert [cell.strip() for cell in line.split("|")[2:5]] == ["not measured", ">= 0.99", "OVER"]


def test_earlier_release_has_a_column(report: Report) -> None:
    before = dataclasses.replace(report, pack_values={"size_ratio": 0.25})
    lines = to_markdown_with_changes(report, changes(before, report)).splitlines()
    size = next(line for line in lines if line.startswith("| Size against"))
    assert "0.25 (worse now)" in size
