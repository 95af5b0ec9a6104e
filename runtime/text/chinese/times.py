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


def _say_time(match: Match) -> str:
    minutes = _say_minutes(match[2], half=match[2])
    return f"{cardinal(match[1])}点{minutes}{_say_seconds(match[3])}"


def _say_time_range(match: Match) -> str:
    """Say a range, whose end is "half past" where its start is: so have voices learned it."""
    minutes = _say_minutes(match[5], half=match[2])
    return f"{_say_time(match)}至{cardinal(match[4])}点{minutes}{_say_seconds(match[6])}"


def _say_minutes(minutes: str, half: str) -> str:
    if minutes == "00":
        return ""
    return "半" if half == "30" else f"{_below_sixty(minutes)}分"


def _say_seconds(seconds: str | None) -> str:
    return f"{_below_sixty(seconds)}秒" if seconds and seconds != "00" else ""


def _below_sixty(text: str) -> str:
    return ("零" if text.startswith("0") else "") + cardinal(text)


TIME_RANGE = re.compile(f"{CLOCK}[~-]{CLOCK}")
DATE_RULES = ((DATE, _say_date), (DATE_OF_NUMBERS, _say_date_of_numbers))
TIME_RANGE_RULES = ((TIME_RANGE, _say_time_range),)
TIME_RULES = ((re.compile(CLOCK), _say_time),)
