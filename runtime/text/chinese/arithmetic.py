"""Operators, powers, fractions and percentages, written out."""

from __future__ import annotations

import re

from voicepack.runtime.text.chinese.numbers import INTEGER, NUMBER, cardinal, spoken

Match = re.Match[str]

OPERATORS = {"+": "加", "-": "减", "×": "乘", "÷": "除", "=": "等于"}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹ˣʸⁿ", "0123456789xyn")
POWER = "[⁰¹²³⁴⁵⁶⁷⁸⁹ˣʸⁿ]"
TERM = rf"(?:-?{NUMBER}{POWER}*|\.\d+{POWER}*|[A-Za-z]{POWER}*)"


def _say_operator(match: Match) -> str:
    return match[1] + OPERATORS[match[2]]


def _say_power(match: Match) -> str:
    return f"的{match[0].translate(RAISED)}次方"


def _say_fraction(match: Match) -> str:
    return f"{'负' if match[1] else ''}{cardinal(match[3])}分之{cardinal(match[2])}"


def _say_percentage(match: Match) -> str:
    return f"{'负' if match[1] else ''}百分之{spoken(match[2])}"


ARITHMETIC_RULES = (
    (re.compile(rf"({TERM})([+\-×÷=])(?={TERM})", re.ASCII), _say_operator),
    (re.compile(f"{POWER}+"), _say_power),
    (re.compile(rf"(-?)({INTEGER})/(\d+)", re.ASCII), _say_fraction),
    (re.compile(rf"(-?)({NUMBER})%", re.ASCII), _say_percentage),
)
