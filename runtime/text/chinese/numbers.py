"""Numbers as Chinese characters."""

from __future__ import annotations

import re

DIGITS = "零一二三四五六七八九"
UNITS = {4: "万", 3: "千", 2: "百", 1: "十"}
"""How many digits stand behind a unit -> the unit."""
GROUP = 8
"""Digits up to the next 亿."""

# Each number is tried from its first digit only: without that, a text of digits would take a time
# that grows with the square of its length.
INTEGER = r"(?<!\d)\d+"
NUMBER = rf"{INTEGER}(?:\.\d+)?"


def cardinal(text: str) -> str:
    """Say how many: "1234" is 一千二百三十四, "012" is 十二.

    Args:
        text: Digits, as many as one likes.
    """
    stripped = text.lstrip("0")
    if not stripped:
        return DIGITS[0]
    first = len(stripped) % GROUP or GROUP
    groups = [stripped[:first]]
    groups += [stripped[i : i + GROUP] for i in range(first, len(stripped), GROUP)]
    said = "亿".join(_group(group) for group in groups)
    return said.removeprefix("一") if said.startswith("一十") else said


def digits(text: str) -> str:
    """Say digits one by one: "2024" is 二零二四."""
    return "".join(DIGITS[int(digit)] for digit in text)


def telephone_digits(text: str) -> str:
    """Say digits one by one as in telephone numbers, where one is 幺."""
    return digits(text).replace("一", "幺")


def spoken(text: str) -> str:
    """Say a number that may have a fraction: "3.20" is 三点二零, ".5" is 零点五."""
    whole, _, fraction = text.partition(".")
    said = cardinal(whole or "0")
    # Of the zeros at the end of a fraction one is said.
    kept = fraction.rstrip("0") + "0" * fraction.endswith("0")
    return f"{said}点{digits(kept)}" if kept else said


def signed(sign: str, number: str, minus: str = "负") -> str:
    """Say a number with the minus that may stand before it."""
    return (minus if sign else "") + spoken(number)


def _group(text: str) -> str:
    """Say up to eight digits; zeros in front of the others are said as one."""
    stripped = text.lstrip("0")
    if len(stripped) < 2:
        return DIGITS[0] * (0 < len(stripped) < len(text)) + digits(stripped)
    place = next(place for place in UNITS if place < len(stripped))
    return _group(text[:-place]) + UNITS[place] + _group(text[-place:])


def _say_version(match: re.Match[str]) -> str:
    return "点".join(digits(part) for part in match[0].split("."))


def _say_decimal(match: re.Match[str]) -> str:
    return signed(match[1] or "", match[2] or match[3])


def _say_negative(match: re.Match[str]) -> str:
    return signed("-", match[1])


DECIMAL_RULES = (
    (re.compile(r"-(\d+)", re.ASCII), _say_negative),
    (re.compile(rf"{INTEGER}(?:\.\d+){{2,}}", re.ASCII), _say_version),
    (re.compile(rf"(-?)({INTEGER}\.\d+)|(\.\d+)", re.ASCII), _say_decimal),
)
PLAIN_RULES = (
    # A bare number of three digits and more is taken for a name, such as that of a road or a room.
    (re.compile(r"\d{3,}", re.ASCII), lambda match: telephone_digits(match[0])),
    (re.compile(rf"(-?)({NUMBER})|(\.\d+)", re.ASCII), _say_decimal),
)
