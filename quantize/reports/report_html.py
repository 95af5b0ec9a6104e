"""Reports as one HTML page that needs neither network nor other files: to read, hear and see."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from math import isfinite

from voicepack.quantize.budget import Limit
from voicepack.quantize.metrics.catalogue import CATALOGUE, METRICS, Metric
from voicepack.quantize.reports.recording import Recording
from voicepack.quantize.reports.recording_html import recording_html
from voicepack.quantize.reports.report import Change, Report, Sensitivity, SentenceQuality, Verdict

NUM_RECORDINGS = 8
"""Sentences that can be heard: the worst ones. More would make the page heavy."""
WORST_BY = METRICS["log_mel_l1"]


def to_html(report: Report, recordings: Sequence[Recording], changes: Sequence[Change] = ()) -> str:
    """Return the page, to be written as UTF-8.

    Args:
        report: What the check found.
        recordings: One for each sentence of the report.
        changes: What became of each metric since an earlier report, if there is one.
    """
    heard = worst_sentences(report)
    sections = [
        _heading(report),
        _verdicts(report, {change.metric.name: change for change in changes}),
        _notes(report),
        _sentences(report, heard),
        _recordings(recordings, heard),
        _sensitivity(report),
    ]
    title = f"{escape(report.pack)}: {_verdict(report)}"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{_asset('report.css')}</style>\n</head>\n<body>\n"
        + "\n".join(section for section in sections if section)
        + f"\n<script>\n{_asset('report.js')}</script>\n</body>\n</html>\n"
    )


def worst_sentences(report: Report) -> tuple[int, ...]:
    """Choose the sentences to be heard, by their place in the report.

    The worst of every broken limit come first, then those that sound the least like the baseline.
    """
    broken = [verdict.metric for verdict in report.verdicts() if not verdict.passed]
    worst = [quality for metric in broken for quality in report.worst_first(metric)[:1]]
    places = [_place(report, quality) for quality in [*worst, *report.worst_first(WORST_BY)]]
    return tuple(dict.fromkeys(places))[:NUM_RECORDINGS]


def _place(report: Report, quality: SentenceQuality) -> int:
    return next(i for i, each in enumerate(report.sentences) if each is quality)


def _asset(name: str) -> str:
    return (files("voicepack.quantize.reports") / "html" / name).read_text(encoding="utf-8")


def _verdict(report: Report) -> str:
    return "within budget" if report.passed else "over budget"


def _heading(report: Report) -> str:
    kind = "good" if report.passed else "bad"
    limited = [verdict for verdict in report.verdicts() if verdict.limit is not None]
    kept = sum(verdict.passed for verdict in limited)
    return (
        f'<h1>{escape(report.pack)}<span class="badge {kind}">{_verdict(report)}</span></h1>\n'
        f"<p>{kept} of {len(limited)} limits are kept. Compared with "
        f"<strong>{escape(report.baseline)}</strong> on {len(report.sentences)} sentences.</p>\n"
        f'<p class="muted">Budget {report.budget.sha256[:12]}</p>'
    )


def _verdicts(report: Report, before: dict[str, Change]) -> str:
    names = ["Metric", "Value", "Limit", "Verdict", *(["Before", ""] if before else [])]
    rows = []
    for verdict in report.verdicts():
        cells = [escape(verdict.metric.title), *_verdict_cells(verdict)]
        if before:
            cells += _before(before.get(verdict.metric.name))
        rows.append(_row(cells))
    return "<h2>Verdict</h2>\n" + _table("verdicts", "".join(f"<th>{n}</th>" for n in names), rows)


def _verdict_cells(verdict: Verdict) -> list[str]:
    value = "not measured" if verdict.value is None else f"{verdict.value:.4g}"
    if verdict.limit is None:
        return [value, "", ""]
    passed = '<span class="good">ok</span>' if verdict.passed else '<span class="bad">over</span>'
    return [value, _limit(verdict.limit), passed]


def _limit(limit: Limit) -> str:
    return (
        str(limit)
        .replace("<=", "\N{LESS-THAN OR EQUAL TO}")
        .replace(">=", "\N{GREATER-THAN OR EQUAL TO}")
    )


def _before(change: Change | None) -> list[str]:
    if change is None:
        return ["", ""]
    return [f"{change.before:.4g}", '<span class="bad">worse now</span>' * change.worsened]


def _notes(report: Report) -> str:
    if not report.notes:
        return ""
    items = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    return f"<h2>Notes</h2>\n<ul>{items}</ul>"


def _sentences(report: Report, heard: Sequence[int]) -> str:
    measured = {name for quality in report.sentences for name in quality.values}
    metrics = [metric for metric in CATALOGUE if metric.name in measured]
    heads = ["<th>Sentence</th>"]
    heads += [f"<th><button>{escape(metric.title)}</button></th>" for metric in metrics]
    rows = [
        _row(
            [_text(quality.text, place, place in heard)],
            [_cell(report, quality, metric) for metric in metrics],
        )
        for place, quality in enumerate(report.sentences)
    ]
    return (
        "<h2>Sentences</h2>\n"
        '<p class="muted">Press a heading to sort. Underlined sentences can be heard below. Red '
        "values alone would break the budget.</p>\n" + _table("sentences", "".join(heads), rows)
    )


def _text(text: str, place: int, linked: bool) -> str:
    return f'<a href="#sentence-{place}">{escape(text)}</a>' if linked else escape(text)


def _cell(report: Report, quality: SentenceQuality, metric: Metric) -> str:
    if metric.name not in quality.values:
        return '<td data-rank="-1e999"></td>'
    value = quality.values[metric.name]
    limit = report.budget.limits.get(metric.name)
    broken = ' class="bad"' if limit is not None and not limit.allows(value) else ""
    rank = "1e999" if value != value else repr(value).replace("inf", "1e999")
    return f'<td data-rank="{rank}"{broken}>{value:.4g}</td>'


def _recordings(recordings: Sequence[Recording], heard: Sequence[int]) -> str:
    parts = [recording_html(recordings[place], f"sentence-{place}") for place in heard]
    return (
        "<h2>Listen and compare</h2>\n"
        '<p class="muted">The sentences that differ most. Baseline and pack speak the same tokens '
        "with the same noise; on its own, the pack chooses its tokens itself.</p>\n"
        + "\n".join(parts)
    )


def _sensitivity(report: Report) -> str:
    if not report.sensitivity:
        return ""
    metrics = dict.fromkeys(each.metric for each in report.sensitivity)
    tables = [
        _ranking(METRICS[name], [each for each in report.sensitivity if each.metric == name])
        for name in metrics
    ]
    return (
        "<h2>Sensitivity</h2>\n"
        '<p class="muted">What it costs to quantize one group and leave all others alone.</p>\n'
        + "\n<p></p>\n".join(tables)
    )


def _ranking(metric: Metric, groups: Sequence[Sensitivity]) -> str:
    """Build the table of all groups whose loss is told by one metric, the worst first."""
    ranked = sorted(groups, key=lambda each: each.loss, reverse=True)
    largest = max((each.loss for each in ranked if isfinite(each.loss)), default=0.0)
    rows = [
        _row([escape(each.group), f"{each.loss:.4g}", _bar(each.loss, largest)]) for each in ranked
    ]
    heads = f"<th>Group</th><th>{escape(metric.title)}</th>"
    return _table("sensitivity", heads + '<th class="grow"></th>', rows)


def _bar(loss: float, largest: float) -> str:
    share = loss / largest if isfinite(loss) and largest > 0 else float(loss > 0)
    return f'<div class="bar" style="width: {100 * max(share, 0.0):.1f}%"></div>'


def _table(kind: str, heads: str, rows: Sequence[str]) -> str:
    body = "\n".join(rows)
    return (
        f'<div class="scroll"><table class="{kind}">\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def _row(cells: Sequence[str], further: Sequence[str] = ()) -> str:
    """Build a row of contents, then of cells that are already built."""
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "".join(further) + "</tr>"
