"""English text as it is read aloud: only letters, apostrophes, spaces and `, . ? ! -` remain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from voicepack.runtime.text.english import quantities, times
from voicepack.runtime.text.english.numbers import MOST_DIGITS, decimal, ordinal

Match = re.Match[str]
Rule = tuple[re.Pattern[str], str | Callable[[Match], str]]

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
SPELLING_RULES: tuple[Rule, ...] = (
    (re.compile("%"), " percent"),
    (re.compile(r"(?<=\w)@(?=\w)"), " at "),
    (re.compile(r"(?<=\s)&(?=\s)"), "and"),
    # What stood between two words must not join them once it is gone.
    (re.compile(r"(?<=[^\W_])[\s_/\\|~;:…—–·•=+<>，；：、]+(?=[^\W_])"), " "),
    (re.compile(r"[^ A-Za-z'.,?!-]"), ""),
    (re.compile(r"\bi\.e\.", re.IGNORECASE), "that is"),
    (re.compile(r"\be\.g\.", re.IGNORECASE), "for example"),
    # Capitals inside a word start words of their own: "OpenAI" is "Open A I".
    (re.compile(r"(?<=\S)([A-Z])"), r" \1"),
    # One mark of a run is enough, or its sound leaks into the speech.
    (re.compile(r"([!?,.\-\s])[!?,.\-]+"), r"\1"),
)


def normalize(text: str) -> str:
    """Write out everything that is not a word.

    Args:
        text: Any text.

    Returns:
        ASCII: letters, apostrophes, spaces and `, . ? ! -`. May be empty.

    Source: what is said is what GPT-SoVITS says, text/en_normalization/expend.py, so that a voice
    is given what it was trained on, but for the corrections listed in docs/text/english.md.
    """
    said = _apply(NUMBER_RULES, text.translate(CHARACTERS))
    decomposed = unicodedata.normalize("NFD", said)
    unaccented = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    return _apply(SPELLING_RULES, unaccented)


def _apply(rules: tuple[Rule, ...], text: str) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text
