"""English text as voices have learned to hear it: with upstream's rules, their faults included.

What a listener would take for a mistake is put right before, in `corrections`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from voicepack.runtime.text.english.numbers import MOST_DIGITS, cardinal, fraction, integer, ordinal
from voicepack.runtime.text.english.units import CURRENCIES, MEASURES, Currency

Match = re.Match[str]
Rule = tuple[re.Pattern[str], str | Callable[[Match], str]]

CHARACTERS = str.maketrans("。！？", ".!?")
SUFFIXES = {"1": "st", "2": "nd", "3": "rd"}
OPERATIONS = {"+": "plus", "-": "minus", "×": "times", "÷": "divided by", "=": "Equals"}
POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹ˣʸⁿ"
# A number that has a name; upstream stops with an error at any other.
NAMED = rf"(?<![0-9])[0-9]{{1,{MOST_DIGITS}}}"
# Begins where the amount does, so that time stays linear in its length.
AMOUNT_BEFORE = r"(?<![0-9.,])([0-9.,]*[0-9])"
UNIT = "|".join(MEASURES)


def _number_listed(match: Match) -> str:
    """Number any item of what looks like a list: "1. Knead" becomes "1st, Knead"."""
    number = match[1]
    is_teen = number[-2:-1] == "1"
    return f"{number}{'th' if is_teen else SUFFIXES.get(number[-1], 'th')}, "


def _say_operation(match: Match) -> str:
    return f"{match[1]} {OPERATIONS[match[2]]} "


def _say_time(match: Match) -> str:
    """Say "15:05" as "three five p.m."; what half of the day follows is said once more."""
    hours, minutes = int(match[1]), int(match[2])
    half = "a.m." if hours < 12 else "p.m."
    hour = cardinal(hours - 12 if hours > 12 else hours)
    minute = cardinal(minutes) if minutes else "o'clock"
    return f"{hour} {minute} {half}"


def _say_measure(match: Match) -> str:
    one, many = MEASURES[match[2]]
    return f"{match[1]} {one if match[1].lstrip('0') == '1' else many}"


def _money_rules(sign: str, currency: Currency) -> tuple[Rule, Rule]:
    def say(match: Match) -> str:
        return _say_money(match[1], currency)

    escaped = re.escape(sign)
    return (
        (re.compile(rf"{escaped}([0-9.,]*[0-9])"), say),
        (re.compile(rf"{AMOUNT_BEFORE}{escaped}"), say),
    )


def _say_money(amount: str, currency: Currency) -> str:
    """Say "12.50" as "12 dollars and 50 cents", and "3.999" as "3 dollars and 999 cents"."""
    units, *rest = amount.replace(",", "").split(".")
    if len(rest) > 1:
        return f"{amount} {currency.many}"
    units = units.lstrip("0")
    hundredths = "".join(rest).ljust(2, "0").lstrip("0")
    said = []
    if units:
        said.append(f"{units} {currency.one if units == '1' else currency.many}")
    if hundredths:
        name = currency.hundredth if hundredths == "1" else currency.hundredths
        said.append(f"{hundredths} {name}")
    return " and ".join(said) or f"zero {currency.many}"


def _say_point(match: Match) -> str:
    return f"{match[1]} point {' '.join(match[2])}"


def _say_fraction(match: Match) -> str:
    return fraction(int(match[1]), int(match[2]))


# In order: each rule sees what the rules before it have left.
NUMBER_RULES: tuple[Rule, ...] = (
    (re.compile(r"\b([0-9]+)\. "), _number_listed),
    # The right operand is looked at, not taken, so that "1 + 2 + 3" is seen whole.
    (
        re.compile(rf"([\dA-Za-z][{POWERS}]*)\s+([-+×÷=])\s+(?=-?\d|\.\d|[A-Za-z])"),
        _say_operation,
    ),
    # The space before goes with the sign: "at -9" becomes "atnegative 9".
    (re.compile(r"(?:^|(?<!\s)\s+)-(?=\d)"), "negative "),
    (re.compile(r"[0-9][0-9,]+[0-9]"), lambda match: match[0].replace(",", "")),
    (re.compile(r"\b([01]?[0-9]|2[0-3]):([0-5][0-9])\b"), _say_time),
    (re.compile(rf"\b([0-9]+(?:\.[0-9]+)?)({UNIT})\b"), _say_measure),
    *_money_rules("£", CURRENCIES["£"]),
    *_money_rules("$", CURRENCIES["$"]),
    (re.compile(r"(?<![0-9])([0-9]+)\.(\s*[0-9]+)"), _say_point),
    (re.compile(rf"({NAMED})/([0-9]{{1,{MOST_DIGITS}}})(?![0-9])"), _say_fraction),
    (re.compile(rf"({NAMED})(?:st|nd|rd|th)"), lambda match: ordinal(int(match[1]))),
    (re.compile("[0-9]+"), lambda match: integer(match[0])),
)
SPELLING_RULES: tuple[Rule, ...] = (
    (re.compile("%"), " percent"),
    (re.compile(r"[^ A-Za-z'.,?!-]"), ""),
    (re.compile(r"i\.e\.", re.IGNORECASE), "that is"),
    (re.compile(r"e\.g\.", re.IGNORECASE), "for example"),
    # Capitals inside a word start words of their own: "OpenAI" is "Open A I".
    (re.compile(r"(?<=\S)([A-Z])"), r" \1"),
    # One mark of a run is enough, or its sound leaks into the speech.
    (re.compile(r"([!?,.\-\s])[!?,.\-]+"), r"\1"),
)


def normalize(text: str) -> str:
    """Write out what is not a word, as voices have learned it.

    Args:
        text: Any text.

    Returns:
        ASCII: letters, apostrophes, spaces and `, . ? ! -`. May be empty.

    Source: GPT-SoVITS, text/en_normalization/expend.py and text/english.py, `text_normalize`.
    """
    said = apply_rules(NUMBER_RULES, text.translate(CHARACTERS))
    return apply_rules(SPELLING_RULES, without_accents(said))


def without_accents(text: str) -> str:
    """Leave of each letter what it is without its accents: "é" becomes "e"."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if unicodedata.category(char) != "Mn")


def apply_rules(rules: tuple[Rule, ...], text: str) -> str:
    """Apply rules one after the other, each to what the rules before it have left."""
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text
