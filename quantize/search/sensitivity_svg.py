"""A ranking of groups as a picture that any browser shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import groupby

from voicepack.quantize.metrics.catalogue import METRICS
from voicepack.quantize.reports.report import Sensitivity

WIDTH, NAMES, NUMBERS = 900, 320, 80
"""Pixels: the picture, the names on the left, the numbers on the right."""
LINE = 18
"""Pixels from one bar to the next."""
DECADES = 4
"""Bars are logarithmic, and the shortest are so many powers of ten below the longest."""
STYLE = (
    "text { font: 12px system-ui, sans-serif; fill: #1c2430; } .title { font-weight: 600; } "
    "rect { fill: #4a7dc4; } svg { background: #fff; }"
)


def sensitivity_svg(sensitivity: Sequence[Sensitivity]) -> str:
    """Draw a bar for each group, the most sensitive of each metric first.

    Args:
        sensitivity: Groups of the same metric stand together.
    """
    parts: list[str] = []
    y = LINE
    for metric, group in groupby(sensitivity, key=lambda each: each.metric):
        ranked = sorted(group, key=lambda each: each.loss, reverse=True)
        parts.append(_text(8, y, f"{METRICS[metric].title}, logarithmic", "title"))
        parts += [
            _bar(each, y + LINE * place, ranked[0].loss) for place, each in enumerate(ranked, 1)
        ]
        y += LINE * (len(ranked) + 2)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" '
        f'viewBox="0 0 {WIDTH} {y}">\n<title>Sensitivity</title>\n<style>{STYLE}</style>\n'
        '<rect width="100%" height="100%" style="fill: #fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _bar(entry: Sensitivity, y: int, largest: float) -> str:
    longest = WIDTH - NAMES - NUMBERS
    length = max(2, round(longest * _share(entry.loss, largest)))
    return (
        _text(8, y, entry.group)
        + f'<rect x="{NAMES}" y="{y - 11}" width="{length}" height="{LINE - 5}" rx="2"/>'
        + _text(NAMES + length + 6, y, f"{entry.loss:.3g}")
    )


def _share(loss: float, largest: float) -> float:
    """Return the length of a bar, 0 to 1. What is not finite is as bad as can be."""
    if not math.isfinite(loss):
        return 1.0
    if loss <= 0 or not math.isfinite(largest):
        return 0.0
    return max(0.0, 1 + math.log10(loss / largest) / DECADES)


def _text(x: int, y: int, text: str, kind: str = "") -> str:
    shown = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}"{shown}>{escape(text)}</text>'
