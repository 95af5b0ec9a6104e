"""Prices, and numbers whose digits are grouped by commas."""

from __future__ import annotations

import re

from voicepack.runtime.text.chinese.corrections.measures import UNIT
from voicepack.runtime.text.chinese.measures import DEGREE
from voicepack.runtime.text.chinese.numbers import NUMBER, spoken

Match = re.Match[str]

GROUPED = r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?!\d|,\d)(?:\.\d+)?"
AMOUNT = f"(?:{GROUPED}|{NUMBER})"
SCALE = "([百千万亿]*)"

CURRENCIES = {
    "$": "美元",
    "€": "欧元",
    "£": "英镑",
    "¥": "元",
    "￥": "元",
    "₩": "韩元",
}
SIGN = f"([{''.join(CURRENCIES)}])"


def _say_price(match: Match) -> str:
    """Put the currency behind the number, which later rules write out."""
    sign, first, last, scale = match.groups()
    amount = f"{spoken(_ungrouped(first))}到{_ungrouped(last)}" if last else _ungrouped(first)
    return amount + scale + CURRENCIES[sign]


def _ungrouped(amount: str) -> str:
    return amount.replace(",", "")


MONEY_RULES = (
    (re.compile(rf"{SIGN}({AMOUNT})(?:[-–~～]\1?({AMOUNT}))?{SCALE}元?", re.ASCII), _say_price),
    (
        re.compile(rf"({AMOUNT}){SCALE}{SIGN}(?!\d)", re.ASCII),
        lambda match: _ungrouped(match[1]) + match[2] + CURRENCIES[match[3]],
    ),
    # Where a rule for the whole follows, it wants digits.
    (
        re.compile(rf"{GROUPED}(?={DEGREE}|{UNIT}|[-–~%/:+×÷=])", re.ASCII),
        lambda match: _ungrouped(match[0]),
    ),
    (re.compile(GROUPED, re.ASCII), lambda match: spoken(_ungrouped(match[0]))),
)
