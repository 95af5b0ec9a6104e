"""Reports as Markdown: for a CI summary, and, as its columns line up, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from voicepack.quantize.reports.report import Change, Report, Verdict

Row = tuple[str, ...]


def to_markdown(report: Report) -> str:
    """Return the verdict, the table of metrics, and the worst sentence for every broken limit."""
    return _document(report, table(report))


def to_markdown_with_changes(report: Report, changes: Sequence[Change]) -> str:
    """Return the same with what each metric was in an earlier release.

    Args:
        report: The new report.
        changes: What `changes` found between the earlier report and this.
    """
    before = {change.metric.name: change for change in changes}
    rows = [
        (*_row(verdict), _before(before.get(verdict.metric.name))) for verdict in report.verdicts()
    ]
    return _document(report, _layout([(*_HEADER, "Before"), *rows]))


def table(report: Report) -> str:
    """Return the table of metrics alone, its columns padded to equal width."""
    return _layout([_HEADER, *(_row(verdict) for verdict in report.verdicts())])


_HEADER = ("Metric", "Value", "Limit", "Verdict")


def _document(report: Report, metrics: str) -> str:
    verdict = "within budget" if report.passed else "over budget"
    title = f"## {report.pack}: {verdict}"
    against = (
        f"Compared with {report.baseline} on {len(report.sentences)} sentences; "
        f"budget {report.budget.sha256[:12]}."
    )
    return "\n\n".join([title, against, metrics, *_failures(report), *_notes(report)]) + "\n"


def _row(verdict: Verdict) -> Row:
    return (
        verdict.metric.title,
        "not measured" if verdict.value is None else f"{verdict.value:.4g}",
        "" if verdict.limit is None else str(verdict.limit),
        "" if verdict.limit is None else "ok" if verdict.passed else "OVER",
    )


def _before(change: Change | None) -> str:
    if change is None:
        return ""
    return f"{change.before:.4g} (worse now)" if change.worsened else f"{change.before:.4g}"


def _layout(rows: Sequence[Row]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in (rows[0], rule, *rows[1:])
    )


def _failures(report: Report) -> list[str]:
    worst = (
        (verdict.metric, report.worst_first(verdict.metric))
        for verdict in report.verdicts()
        if not verdict.passed
    )
    lines = [
        f"- {metric.title}, worst at {sentences[0].values[metric.name]:.4g}: "
        + " ".join(sentences[0].text.split())
        for metric, sentences in worst
        if sentences
    ]
    return ["\n".join(lines)] if lines else []


def _notes(report: Report) -> list[str]:
    return ["\n".join(f"- Note: {note}" for note in report.notes)] if report.notes else []
