"""From one number to another: "3-5天" is 三到五天."""

from __future__ import annotations

import re

from voicepack.runtime.text.chinese.corrections.measures import COUNTED, UNIT
from voicepack.runtime.text.chinese.measures import DEGREE
from voicepack.runtime.text.chinese.numbers import NUMBER, digits, spoken
from voicepack.runtime.text.chinese.times import TIME_RANGE

Match = re.Match[str]

TO = "[-–—－~～]"
DASH = "[-–—－]"
MEASURED = f"(?:%|{DEGREE}|{UNIT})"
# Where it stands alone, "5-3" may be a difference or a score.
ALONE = r"(?<![\d.+\-×÷=/:~])"


def _say_years(match: Match) -> str:
    return f"{digits(match[1])}到"


def _say_of_percent(match: Match) -> str:
    return f"{match[1]}%到"


def _say_first(match: Match) -> str:
    return f"{spoken(match[1])}到"


def _say_to(match: Match) -> str:
    return f"{match[1]}到"


RANGE_RULES = (
    (re.compile(rf"{ALONE}(\d{{4}}){TO}(?=\d{{4}}年)", re.ASCII), _say_years),
    (re.compile(rf"{ALONE}({NUMBER}){TO}(?={NUMBER}%)", re.ASCII), _say_of_percent),
    (
        re.compile(
            rf"{ALONE}({NUMBER}){TO}(?={NUMBER}(?:{MEASURED}|[多余几]?{COUNTED}))", re.ASCII
        ),
        _say_first,
    ),
    (re.compile(rf"(\d(?:{MEASURED}|{COUNTED})){DASH}(?=\d)", re.ASCII), _say_to),
    (re.compile(rf"(\d{COUNTED})～(?=\d)", re.ASCII), _say_to),
)
TIME_RANGE_RULES = ((TIME_RANGE, lambda match: re.sub("[~-]", "至", match[0])),)
