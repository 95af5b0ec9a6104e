"""Numbers as English words."""

from __future__ import annotations

import re

UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = (
    "_ thousand million billion trillion quadrillion quintillion sextillion septillion octillion "
    "nonillion decillion"
).split()
MOST_DIGITS = 3 * len(SCALES)
"""A number with more digits than these has no name and is read digit by digit."""
ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
LAST_WORD = re.compile(r"[a-z]+$")


def cardinal(number: int, hundred: str = " hundred ") -> str:
    """Say how many: 1234 is "one thousand, two hundred thirty-four".

    Args:
        number: From 0 up to `MOST_DIGITS` digits.
        hundred: What stands between hundreds and the rest: " hundred " or " hundred and ".
    """
    if number == 0:
        return UNITS[0]
    groups = []
    rest, scale = number, 0
    while rest:
        rest, group = divmod(rest, 1000)
        if group:
            groups.append((group, scale))
        scale += 1
    groups.reverse()
    words = [_below_thousand(group, hundred) + _scale(scale) for group, scale in groups]
    last_group, last_scale = groups[-1]
    if len(words) > 1 and last_scale == 0 and last_group < 100:
        # "one thousand five", "one thousand and five": no comma before what is below a hundred.
        return ", ".join(words[:-1]) + hundred.replace(" hundred", "") + words[-1]
    return ", ".join(words)


def ordinal(number: int) -> str:
    """Say which: 21 is "twenty-first", 101 is "one hundred and first"."""
    words = cardinal(number, hundred=" hundred and ")
    return LAST_WORD.sub(lambda match: _ordinal_word(match.group()), words)


def fraction(above: int, below: int) -> str:
    """Say what part: 3 above 4 is "three fourths", 1 above 2 is "one half"."""
    said = cardinal(above, hundred=" hundred and ")
    if below == 1:
        return said
    if below == 2:
        return f"{said} {'half' if above == 1 else 'halves'}"
    return f"{said} {ordinal(below)}{'s' if above > 1 else ''}"


def year(number: int) -> str:
    """Say a year between 1000 and 2999, as people and upstream do: 1905 is "nineteen oh five"."""
    century, rest = divmod(number, 100)
    if number % 1000 == 0 or 2000 < number < 2010:
        return cardinal(number)
    if rest == 0:
        return cardinal(century) + " hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def digits(text: str) -> str:
    """Say digits one by one: "042" is "zero four two"."""
    return " ".join(UNITS[int(digit)] for digit in text)


def integer(text: str) -> str:
    """Say a whole number as written: "1984" is said as a year, "1,984" is not.

    Args:
        text: Digits, which commas may group.
    """
    plain = text.replace(",", "")
    if len(plain) > MOST_DIGITS:
        return digits(plain)
    number = int(plain)
    is_round = number % 100 == 0
    if 1000 < number < 3000 and (plain == text or is_round):
        return year(number)
    return cardinal(number)


def decimal(text: str) -> str:
    """Say a number that may have a fraction: "1,234.5" ends in "thirty-four point five"."""
    whole, _, rest = text.partition(".")
    if not rest:
        return integer(text)
    plain = whole.replace(",", "") or "0"
    # A number with a fraction is no year, so it is not said like one.
    said = cardinal(int(plain)) if len(plain) <= MOST_DIGITS else digits(plain)
    return f"{said} point {digits(rest)}"


def _below_thousand(number: int, hundred: str) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    if not rest:
        return UNITS[hundreds] + " hundred"
    return UNITS[hundreds] + hundred + _below_hundred(rest)


def _below_hundred(number: int) -> str:
    if number < 20:
        return UNITS[number]
    tens, unit = divmod(number, 10)
    return TENS[tens] + (f"-{UNITS[unit]}" if unit else "")


def _scale(scale: int) -> str:
    return f" {SCALES[scale]}" if scale else ""


def _ordinal_word(word: str) -> str:
    if word in ORDINALS:
        return ORDINALS[word]
    return word[:-1] + "ieth" if word.endswith("y") else word + "th"
