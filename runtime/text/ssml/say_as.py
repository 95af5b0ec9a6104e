"""`say-as`: what a text is, written so that its language reads it as that."""

from __future__ import annotations

import re
from collections.abc import Callable

from voicepack.runtime.text.ssml.numerals import MOST_DIGITS
from voicepack.runtime.text.ssml.values import SsmlValueError
from voicepack.runtime.text.ssml.wordings import WORDINGS, Clock, Date, Wording

NUMBER = re.compile(rf"\d{{1,{MOST_DIGITS}}}", re.ASCII)
CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?\s*([ap]\.?m\.?)?", re.ASCII | re.I)
FIELDS = {
    "y": r"(?P<y>[1-9]\d{3})",
    "m": r"(?P<m>1[0-2]|0?[1-9])",
    "d": r"(?P<d>3[01]|[12]\d|0?[1-9])",
}
ORDERS = ("ymd", "mdy", "dmy", "ym", "my", "md", "dm", "y", "m", "d")
DIGITS = frozenset("0123456789")
TELEPHONE = re.compile(r"(?=.*\d)\+?[\d ()./-]{1,40}", re.ASCII)
MOST_CHARACTERS = 100


def reading_of(text: str, kind: str, form: str, language: str) -> str:
    """Write a text as its language reads it.

    Args:
        text: Content of the element.
        kind: `interpret-as`.
        form: `format`, such as "dmy" for a date; may be empty.
        language: Code of the language.

    Raises:
        SsmlValueError: The kind is not known, or the text is nothing of the kind.

    Source: W3C, "SSML 1.0 say-as attribute values", working group note, 2005.
    """
    if kind not in READERS:
        raise SsmlValueError(f"interpret-as={kind!r}: expected {', '.join(READERS)}")
    return READERS[kind](text.strip(), form, WORDINGS[language])


def _read_cardinal(text: str, form: str, wording: Wording) -> str:
    return wording.cardinal(_number(text))


def _read_ordinal(text: str, form: str, wording: Wording) -> str:
    return wording.ordinal(_number(re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", text)))


def _number(text: str) -> int:
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    if not NUMBER.fullmatch(plain):
        raise SsmlValueError(
            f"expected a whole number of at most {MOST_DIGITS} digits, found {text!r:.60}"
        )
    return int(plain)


def _read_characters(text: str, form: str, wording: Wording) -> str:
    return wording.between.join(_character(char, wording) for char in _without_spaces(text))


def _character(char: str, wording: Wording) -> str:
    if char in DIGITS:
        return wording.digits[int(char)]
    if not char.isalpha():
        raise SsmlValueError(f"only letters and digits are spelled, found {char!r}")
    return char.upper()


def _read_digits(text: str, form: str, wording: Wording) -> str:
    plain = _without_spaces(text)
    if not DIGITS.issuperset(plain):
        raise SsmlValueError(f"expected digits, found {text!r:.60}")
    return wording.between.join(wording.digits[int(digit)] for digit in plain)


def _without_spaces(text: str) -> str:
    plain = "".join(text.split())
    if not 1 <= len(plain) <= MOST_CHARACTERS:
        raise SsmlValueError(f"{len(plain)} characters to spell, expected 1 to {MOST_CHARACTERS}")
    return plain


def _read_telephone(text: str, form: str, wording: Wording) -> str:
    if not TELEPHONE.fullmatch(text):
        raise SsmlValueError(
            f"expected a telephone number of digits, spaces and + ( ) . / -, found {text!r:.60}"
        )
    groups = re.findall(r"\d+", text, re.ASCII)
    return ", ".join(
        wording.between.join(wording.telephone_digits[int(digit)] for digit in group)
        for group in groups
    )


def _read_date(text: str, form: str, wording: Wording) -> str:
    order = form or ("ymd" if re.match(r"\d{4}", text) else "")
    if order not in ORDERS:
        raise SsmlValueError(
            f"format={form!r}: expected {', '.join(ORDERS)}; only a date that begins with its "
            "year needs none"
        )
    pattern = r"\s*[-/.\s]\s*".join(FIELDS[field] for field in order)
    found = re.fullmatch(pattern, text, re.ASCII)
    if not found:
        raise SsmlValueError(f"expected a date such as {_example(order)!r}, found {text!r:.60}")
    parts = {field: int(number) for field, number in found.groupdict().items()}
    return wording.date(Date(parts.get("y"), parts.get("m"), parts.get("d")))


def _example(order: str) -> str:
    return "/".join({"y": "2024", "m": "12", "d": "25"}[field] for field in order)


def _read_time(text: str, form: str, wording: Wording) -> str:
    if form not in ("", "hms12", "hms24"):
        raise SsmlValueError(f"format={form!r}: expected hms12, hms24 or none")
    found = CLOCK.fullmatch(text)
    if not found:
        raise SsmlValueError(f"expected a time such as '15:30' or '3:30 pm', found {text!r:.60}")
    hour, minute, second, half = found.groups()
    return wording.time(Clock(_hour(int(hour), half), int(minute), int(second or 0)))


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour % 24
    if not 1 <= hour <= 12:
        raise SsmlValueError(f"hour {hour} with a.m. or p.m., expected 1 to 12")
    return hour % 12 + (12 if half[0] in "pP" else 0)


READERS: dict[str, Callable[[str, str, Wording], str]] = {
    "cardinal": _read_cardinal,
    "ordinal": _read_ordinal,
    "digits": _read_digits,
    "characters": _read_characters,
    "date": _read_date,
    "time": _read_time,
    "telephone": _read_telephone,
}
