"""From one number to another: "3-5天" is 三到五天."""

from __future__ import annotations

import re

from voicepack.runtime.text.chinese.measures import COUNTED, DEGREE, UNIT
from voicepack.runtime.text.chinese.numbers import NUMBER, digits, signed, spoken

Match = re.Match[str]

TO = "[-–—－~～]"
DASH = "[-–—－]"
SIGNED = rf"(?:-?{NUMBER}|\.\d+)"
MEASURED = f"(?:%|{DEGREE}|{UNIT})"
LOOSE_MEASURED = "(?:%|°C|℃|度|摄氏度|cm[2²3³]?|db|ds|kg|km|m[2²3³lm]?|s)"
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
WAVE_RULES = (
    # Upstream says 至 between two measures and 到 between two numbers.
    (
        re.compile(rf"({SIGNED}{LOOSE_MEASURED})~(?={SIGNED}{LOOSE_MEASURED})", re.ASCII),
        lambda match: f"{match[1]}至",
    ),
)
NUMBER_RANGE_RULES = (
    (
        re.compile(rf"(?<![\d+\-×÷=])(-?)({NUMBER})~(-?)({NUMBER})(?![\d+\-×÷=])", re.ASCII),
        lambda match: f"{signed(match[1], match[2])}到{signed(match[3], match[4])}",
    ),
)
