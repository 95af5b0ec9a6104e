"""Telephone numbers, said digit by digit."""

from __future__ import annotations

import re

from voicepack.runtime.text.chinese.numbers import telephone_digits

MOBILE = r"(?<!\d)(?:\+?86)?1(?:[38]\d|5[0-35-9]|7[678]|9[89])\d{8}(?!\d)"
LANDLINE = r"(?<!\d)(?:0(?:10|2[1-3]|[3-9]\d{2}))?[1-9]\d{6,7}(?!\d)"
NATIONWIDE = r"400\d{7}"


def _say_number(match: re.Match[str]) -> str:
    return telephone_digits(match[0].removeprefix("+"))


TELEPHONE_RULES = tuple(
    (re.compile(number, re.ASCII), _say_number) for number in (MOBILE, LANDLINE, NATIONWIDE)
)
