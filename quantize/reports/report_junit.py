"""Reports as JUnit XML, which every CI server shows: a test case for each limit of the budget."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from voicepack.quantize.reports.report import Report, Verdict

# XML 1.0 has no way to write these, not even escaped.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(report: Report) -> str:
    """Return the report as JUnit XML, to be written as UTF-8.

    A test case is named as its metric and fails when the limit is broken; its output lists the
    sentences' values, the worst first. Metrics without limit are properties.
    """
    limited = [verdict for verdict in report.verdicts() if verdict.limit is not None]
    counts = {
        "tests": str(len(limited)),
        "failures": str(sum(not verdict.passed for verdict in limited)),
        "errors": "0",
    }
    root = ElementTree.Element("testsuites", {"name": "voicepack check", **counts})
    suite = ElementTree.SubElement(root, "testsuite", {"name": _clean(report.pack), **counts})
    _add_properties(suite, report)
    for verdict in limited:
        _add_case(suite, report, verdict)
    ElementTree.indent(root)
    xml: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml.decode() + "\n"


def _add_properties(suite: ElementTree.Element, report: Report) -> None:
    properties = ElementTree.SubElement(suite, "properties")
    values = {"baseline": _clean(report.baseline), "budget_sha256": report.budget.sha256}
    values |= {v.metric.name: repr(v.value) for v in report.verdicts() if v.limit is None}
    for name, value in values.items():
        ElementTree.SubElement(properties, "property", {"name": name, "value": value})


def _add_case(suite: ElementTree.Element, report: Report, verdict: Verdict) -> None:
    name = verdict.metric.name
    case = ElementTree.SubElement(
        suite, "testcase", {"classname": _clean(report.pack), "name": name}
    )
    if not verdict.passed:
        found = "not measured" if verdict.value is None else f"{verdict.value:.4g}"
        message = f"{verdict.metric.title}: {found}, but the budget says {verdict.limit}"
        ElementTree.SubElement(case, "failure", {"message": message, "type": "budget"})
    lines = [
        f"{quality.values[name]:.4g}  {' '.join(quality.text.split())}"
        for quality in report.worst_first(verdict.metric)
    ]
    ElementTree.SubElement(case, "system-out").text = _clean("\n".join(lines))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
