"""Money, measures, fractions and the four operations, written out."""

from __future__ import annotations

import re

from voicepack.runtime.text.english.numbers import cardinal, decimal, fraction, integer
from voicepack.runtime.text.english.units import CURRENCIES, MEASURES

Match = re.Match[str]

# The look-behinds keep a long run of groups from being tried again at every group.
GROUPED = r"(?<!\d)(?<!\d,)\d{1,3}(?:,\d{3})+(?!\d|,\d)"
AMOUNT = rf"{GROUPED}(?:\.\d+)?|\d+\.\d+|\.\d+|\d+"
ANY_NUMBER = re.compile(rf"{GROUPED}(?:\.\d+)?|\d+\.\d+|\d+")

SIGN = "[$£€¥]"
MONEY = re.compile(
    rf"({SIGN})\s?({AMOUNT})(?:\s(hundred|thousand|million|billion|trillion)\b)?"
    rf"|(?<![\d.])({AMOUNT})({SIGN})"
)

# The longest first: "km/h" begins as "km" does.
UNIT = "|".join(sorted(MEASURES, key=len, reverse=True))
MEASURE = re.compile(
    rf"(?<!\w)(?<!\d[.,])({AMOUNT})({UNIT})(?![A-Za-z])|(?<!\w)({AMOUNT})\s(km/h)\b"
)
FRACTION = re.compile(r"(?<!\d)(\d{1,9})/(\d{1,9})(?!\d)")

OPERATIONS = {
    "+": "plus",
    "-": "minus",
    "−": "minus",
    "×": "times",
    "÷": "divided by",
    "=": "equals",
}
# A letter is an operand only when it stands alone: "I like it - really" is no subtraction.
# The right operand is looked at, not taken, so that "1 + 2 + 3" is seen whole.
OPERATION = re.compile(
    r"(?:(?<=[\d⁰¹²³⁴-⁹])|(?<=\b[A-Za-z]))\s+([-+−×÷=])\s+(?=-?\.?(?:\d|[A-Za-z]\b))"
)


def say_money(match: Match) -> str:
    """Say "$12.50" as "twelve dollars and fifty cents", "$2.5 million" as "... million dollars"."""
    sign = match.group(1) or match.group(5)
    amount = match.group(2) or match.group(4)
    currency = CURRENCIES[sign]
    if match.group(3):
        return f"{decimal(amount)} {match.group(3)} {currency.many}"
    whole, _, rest = amount.partition(".")
    units = whole.replace(",", "").lstrip("0")
    if not currency.hundredth or len(rest) > 2:
        return f"{decimal(amount)} {currency.one if amount == '1' else currency.many}"
    hundredths = int(rest.ljust(2, "0"))
    said = []
    if units or not hundredths:
        said.append(f"{integer(whole or '0')} {currency.one if units == '1' else currency.many}")
    if hundredths:
        name = currency.hundredth if hundredths == 1 else currency.hundredths
        said.append(f"{cardinal(hundredths)} {name}")
    return " and ".join(said)


def say_measure(match: Match) -> str:
    """Say "5km" as "five kilometers", "1.2s" as "one point two seconds"."""
    amount = match.group(1) or match.group(3)
    unit = match.group(2) or match.group(4)
    one, many = MEASURES[unit]
    return f"{decimal(amount)} {one if amount == '1' else many}"


def say_fraction(match: Match) -> str:
    """Say "3/4" as "three fourths", "1/2" as "one half"."""
    return fraction(int(match.group(1)), int(match.group(2)))


def say_operation(match: Match) -> str:
    """Say the sign between two operands: "2 + 2" becomes "2 plus 2"."""
    return f" {OPERATIONS[match.group(1)]} "
