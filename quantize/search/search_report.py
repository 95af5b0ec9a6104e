"""What a search found out, as files and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from voicepack.quantize.metrics.catalogue import METRICS
from voicepack.quantize.recipe_file import to_toml
from voicepack.quantize.reports.report import Sensitivity
from voicepack.quantize.reports.report_html import to_html
from voicepack.quantize.reports.report_json import to_json
from voicepack.quantize.search.budget_search import SearchResult
from voicepack.quantize.search.sensitivity_svg import sensitivity_svg
from voicepack.runtime.atomic_paths import replaced_file


def write_search_report(found: SearchResult, folder: Path) -> None:
    """Write what a search found out into a folder, which is made where there is none.

    `recipe.toml` makes the same pack again, `report.json` and `report.html` are those of the check,
    with the ranking of the groups in them; `sensitivity.md` and `sensitivity.svg` show it alone.

    Raises:
        OSError: The folder cannot be written to.
    """
    report = found.checked.report
    files = {
        "recipe.toml": to_toml(found.recipe),
        "report.json": to_json(report),
        "report.html": to_html(report, found.checked.recordings),
        "sensitivity.md": ranking_table(report.sensitivity) + "\n",
        "sensitivity.svg": sensitivity_svg(report.sensitivity),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        with replaced_file(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")


def ranking_table(sensitivity: Sequence[Sensitivity]) -> str:
    """Return the ranking as a Markdown table whose columns line up."""
    rows = [("Group", "Metric", "Loss"), ("-", "-", "-")]
    rows += [(each.group, METRICS[each.metric].title, f"{each.loss:.3g}") for each in sensitivity]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "| "
        + " | ".join(
            cell.ljust(width, "-" if number == 1 else " ")
            for cell, width in zip(row, widths, strict=True)
        )
        + " |"
        for number, row in enumerate(rows)
    )
