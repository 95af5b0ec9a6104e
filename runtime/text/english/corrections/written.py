"""Written English in words: what upstream's rules would say wrongly, or not at all.

What is left has no digit, so those rules find nothing to do to it.
"""

from __future__ import annotations

import re

from voicepack.runtime.text.english.corrections import quantities, times
from voicepack.runtime.text.english.normalization import Rule, apply_rules, without_accents
from voicepack.runtime.text.english.numbers import MOST_DIGITS, decimal, ordinal

Match = re.Match[str]

CHARACTERS = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "。": ".",
        "！": "!",
        "？": "?",
        "￥": "¥",
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
    }
)


def say_listed(match: Match) -> str:
    """Say the number that opens an item of a list: "1. Knead." becomes "first, Knead."."""
    return f"{ordinal(int(match.group(1)))}, "


def say_ordinal(match: Match) -> str:
    """Say "21st" as "twenty-first"."""
    return ordinal(int(match.group(1).replace(",", "")))


def say_number(match: Match) -> str:
    """Say whatever number no other rule has taken."""
    return decimal(match.group())


# In order: each rule sees what the rules before it have left.
NUMBER_RULES: tuple[Rule, ...] = (
    (re.compile(r"\bDr\b\.?(?=\s+[A-Z])"), "Doctor"),
    (re.compile(r"\bNo\.\s?(?=\d)"), "number "),
    (re.compile(rf"^\s*(\d{{1,{MOST_DIGITS}}})\. "), say_listed),
    (times.MONTH_FIRST_DATE, times.say_month_first_date),
    (times.DECADE, times.say_decade),
    (times.SHORT_DECADE, times.say_short_decade),
    (quantities.OPERATION, quantities.say_operation),
    (re.compile(r"(^|\s)[-−](?=\d)"), r"\1negative "),
    (times.CLOCK_TIME, times.say_clock_time),
    (times.FULL_HOUR, times.say_full_hour),
    (quantities.MONEY, quantities.say_money),
    (quantities.MEASURE, quantities.say_measure),
    (quantities.FRACTION, quantities.say_fraction),
    (
        re.compile(rf"({quantities.GROUPED}|(?<!\d)\d{{1,{MOST_DIGITS}}})(?:st|nd|rd|th)\b"),
        say_ordinal,
    ),
    (quantities.ANY_NUMBER, say_number),
)
WORD_RULES: tuple[Rule, ...] = (
    (re.compile("%"), " percent"),
    (re.compile(r"(?<=\w)@(?=\w)"), " at "),
    (re.compile(r"(?<=\s)&(?=\s)"), "and"),
    # What stood between two words must not join them once it is gone.
    (re.compile(r"(?<=[^\W_])[\s_/\\|~;:…—–·•=+<>，；：、]+(?=[^\W_])"), " "),
    # Between words, upstream takes it for an operation.
    (re.compile(r"(?<=\s)[-×÷=+](?=\s)"), ""),
)


def write_out(text: str) -> str:
    """Write out numbers, dates, money, measures and signs.

    Args:
        text: Any text.

    Returns:
        The text without digits.
    """
    said = apply_rules(NUMBER_RULES, text.translate(CHARACTERS))
    return apply_rules(WORD_RULES, without_accents(said))
