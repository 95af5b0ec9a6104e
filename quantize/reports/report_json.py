"""Reports as JSON: for programs, for the manifest, and for comparing with a later release."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voicepack.quantize.budget import make_budget
from voicepack.quantize.errors import QualityError
from voicepack.quantize.metrics.catalogue import METRICS
from voicepack.quantize.reports.report import Report, Sensitivity, SentenceQuality, Verdict

SCHEMA = 1
"""Fields may join within a schema; none changes its meaning or leaves."""


def to_json(report: Report) -> str:
    """Return the report as JSON text that any strict parser reads."""
    return json.dumps(to_document(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_document(report: Report) -> dict[str, Any]:
    """Return the report as plain dicts, lists, strings and finite numbers.

    JSON knows no infinity and no NaN: they are the strings "inf", "-inf" and "nan".
    """
    return {
        "schema": SCHEMA,
        "pack": report.pack,
        "baseline": report.baseline,
        "passed": report.passed,
        "budget": {"sha256": report.budget.sha256, "limits": report.budget.values},
        "summary": {verdict.metric.name: _summary(verdict) for verdict in report.verdicts()},
        "pack_values": _plain(report.pack_values),
        "sentences": [
            {"text": quality.text, "values": _plain(quality.values)} for quality in report.sentences
        ],
        "notes": list(report.notes),
        "sensitivity": [
            {"group": each.group, "metric": each.metric, "loss": _number(each.loss)}
            for each in report.sensitivity
        ],
    }


def read_report(path: Path) -> Report:
    """Read a report that an earlier check wrote.

    Metrics this version does not know are left out.

    Raises:
        QualityError: The file cannot be read, or holds no report of a known schema.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        schema = document["schema"]
        if schema != SCHEMA:
            raise QualityError(
                f"{path}: report schema {schema}, but this version reads {SCHEMA}. "
                "Check the pack again with this version."
            )
        return _from_document(document, str(path))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise QualityError(
            f"{path}: no report could be read ({type(error).__name__}: {error}). "
            "Expected what `voicepack check --json` writes."
        ) from error


def _from_document(document: Mapping[str, Any], source: str) -> Report:
    return Report(
        pack=_text(document["pack"]),
        baseline=_text(document["baseline"]),
        budget=make_budget(_known(document["budget"]["limits"]), source),
        sentences=tuple(
            SentenceQuality(_text(entry["text"]), _known(entry["values"]))
            for entry in document["sentences"]
        ),
        pack_values=_known(document["pack_values"]),
        notes=tuple(_text(note) for note in document.get("notes", ())),
        sensitivity=tuple(
            Sensitivity(_text(entry["group"]), _text(entry["metric"]), float(entry["loss"]))
            for entry in document.get("sensitivity", ())
        ),
    )


def _known(values: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items() if name in METRICS}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _summary(verdict: Verdict) -> dict[str, Any]:
    return {
        "value": None if verdict.value is None else _number(verdict.value),
        "limit": None if verdict.limit is None else verdict.limit.value,
        "better": verdict.metric.better.value,
        "passed": verdict.passed,
    }


def _plain(values: Mapping[str, float]) -> dict[str, float | str]:
    return {name: _number(value) for name, value in values.items()}


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)
