"""Dates and times of day, written out."""

from __future__ import annotations

import re

from voicepack.runtime.text.chinese.numbers import cardinal, digits

Match = re.Match[str]

DATE = re.compile(
    r"(\d{4}|\d{2})年(?:(0?[1-9]|1[0-2])月)?(?:(0?[1-9]|[12][0-9]|30|31)([日号]))?", re.ASCII
)
DATE_OF_NUMBERS = re.compile(r"(\d{4})([- /.])(0[1-9]|1[012])\2(0[1-9]|[12][0-9]|3[01])", re.ASCII)
CLOCK = r"([0-1]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?"


def _say_date(match: Match) -> str:
    year, month, day, day_word = match.groups()
    said = f"{digits(year)}年"
    if month:
        said += f"{cardinal(month)}月"
    return said + (f"{cardinal(day)}{day_word}" if day else "")


def _say_date_of_numbers(match: Match) -> str:
    year, _, month, day = match.groups()
    return f"{digits(year)}年{cardinal(month)}月{cardinal(day)}日"


def _say_clock(hour: str, minute: str, second: str | None) -> str:
    said = f"{cardinal(hour)}点"
    if minute == "30":
        said += "半"
    elif minute != "00":
        said += f"{_below_sixty(minute)}分"
    return said + (f"{_below_sixty(second)}秒" if second and second != "00" else "")


def _below_sixty(text: str) -> str:
    return ("零" if text.startswith("0") else "") + cardinal(text)


def _say_time(match: Match) -> str:
    return _say_clock(match[1], match[2], match[3])


def _say_time_range(match: Match) -> str:
    return f"{_say_time(match)}至{_say_clock(match[4], match[5], match[6])}"


TIME_RULES = (
    (DATE, _say_date),
    (DATE_OF_NUMBERS, _say_date_of_numbers),
    (re.compile(f"{CLOCK}[~-]{CLOCK}"), _say_time_range),
    (re.compile(CLOCK), _say_time),
)
