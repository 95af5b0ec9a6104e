"""Times of day, dates and decades, written out."""

from __future__ import annotations

import re

from voicepack.runtime.text.english.numbers import cardinal, ordinal, year

Match = re.Match[str]

MONTHS = (
    "January February March April May June July August September October November December"
).split()
HALF = r"(?:\s*([ap](?:\.\s?m\.|m\b|\.\s?$)))"
CLOCK_TIME = re.compile(
    rf"(?<![\d:.])([01]?[0-9]|2[0-3]):([0-5][0-9])(?![\d:])(?:{HALF}|\b)", re.IGNORECASE
)
FULL_HOUR = re.compile(rf"\b(1[0-2]|0?[1-9]){HALF}", re.IGNORECASE)
# Month first, as written in the United States, or year first; with four digits for the year.
MONTH_FIRST_DATE = re.compile(
    r"(?<![\d/])(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])/([12]\d{3})(?![\d/])"
)
DECADE = re.compile(r"\b([12]\d\d0)'?s\b")
SHORT_DECADE = re.compile(r"'([1-9]0)s\b|(?<=\bthe )([1-9]0)s\b")


def say_clock_time(match: Match) -> str:
    """Say 15:30 as "three thirty p.m."; what half of the day is written is not said again."""
    hours, minutes = int(match.group(1)), int(match.group(2))
    half = _say_half(match.group(3) or ("a.m." if hours < 12 else "p.m."))
    hour = cardinal(hours - 12 if hours > 12 else hours)
    if minutes == 0:
        return f"{hour} o'clock {half}"
    return f"{hour} {'oh ' if minutes < 10 else ''}{cardinal(minutes)} {half}"


def say_full_hour(match: Match) -> str:
    """Say 8am as "eight AM"."""
    return f"{cardinal(int(match.group(1)))} {_say_half(match.group(2))}"


def say_month_first_date(match: Match) -> str:
    """Say 12/25/2024 as "December twenty-fifth, twenty twenty-four"."""
    month, day, number = (int(part) for part in match.groups())
    return f"{MONTHS[month - 1]} {ordinal(day)}, {year(number)}"


def say_decade(match: Match) -> str:
    """Say 1980s as "nineteen eighties"."""
    return _plural(year(int(match.group(1))))


def say_short_decade(match: Match) -> str:
    """Say '90s as "nineties"."""
    return _plural(cardinal(int(match.group(1) or match.group(2))))


def _say_half(written: str) -> str:
    # A lone small "a" would be said as the article; a capital is the letter.
    return written.lower().replace("a", "A") if "." in written else written.upper()


def _plural(words: str) -> str:
    return words[:-1] + "ies" if words.endswith("y") else words + "s"
