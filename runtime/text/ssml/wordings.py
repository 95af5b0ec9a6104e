"""How each language writes numbers, dates and times so that its front end reads them as such."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voicepack.runtime.text.english.corrections.times import MONTHS
from voicepack.runtime.text.english.numbers import UNITS, cardinal, ordinal, year
from voicepack.runtime.text.ssml.numerals import CANTONESE, CHINESE, KOREAN

LAST_YEAR_SAID_AS_YEAR = 2999


@dataclass(frozen=True)
class Date:
    """A date, of which something may be missing."""

    year: int | None
    """From 1000 to 9999."""
    month: int | None
    day: int | None


@dataclass(frozen=True)
class Clock:
    """A time of day."""

    hour: int
    """From 0 to 23."""
    minute: int
    second: int


@dataclass(frozen=True)
class Wording:
    """What a language writes."""

    cardinal: Callable[[int], str]
    ordinal: Callable[[int], str]
    digits: tuple[str, ...]
    """Names of 0 to 9."""
    telephone_digits: tuple[str, ...]
    between: str
    """What stands between single characters."""
    date: Callable[[Date], str]
    time: Callable[[Clock], str]


def _english_date(date: Date) -> str:
    words = []
    if date.month is not None:
        words.append(MONTHS[date.month - 1])
    if date.day is not None:
        words.append(ordinal(date.day) + ("," if date.year is not None else ""))
    if date.year is not None:
        is_said_as_year = date.year <= LAST_YEAR_SAID_AS_YEAR
        words.append(year(date.year) if is_said_as_year else cardinal(date.year))
    return " ".join(words)


def _english_time(clock: Clock) -> str:
    words = [cardinal(clock.hour % 12 or 12)]
    if clock.minute == 0:
        words.append("o'clock")
    elif clock.minute < 10:
        words += ["oh", cardinal(clock.minute)]
    else:
        words.append(cardinal(clock.minute))
    if clock.second:
        words.append(f"and {cardinal(clock.second)} second{'s' if clock.second > 1 else ''}")
    # A capital is the name of the letter, while a small "a" is the article.
    return " ".join([*words, "A M" if clock.hour < 12 else "P M"])


def _dated(
    year: str, month: str, day: str, say_year: Callable[[int], str], say: Callable[[int], str]
) -> Callable[[Date], str]:
    """Write dates with a unit after each number."""

    def write(date: Date) -> str:
        said = [] if date.year is None else [say_year(date.year) + year]
        said += [] if date.month is None else [say(date.month) + month]
        said += [] if date.day is None else [say(date.day) + day]
        return "".join(said)

    return write


def _timed(
    hour: str,
    minute: str,
    second: str,
    say: Callable[[int], str],
    two: str = "2",
    zero: str = "",
) -> Callable[[Clock], str]:
    """Write times with a unit after each number; `two` is the hour, `zero` opens minutes."""

    def write(clock: Clock) -> str:
        said = (two if clock.hour == 2 else say(clock.hour)) + hour
        if clock.minute or clock.second:
            said += (zero if 0 < clock.minute < 10 else "") + say(clock.minute) + minute
        if clock.second:
            said += say(clock.second) + second
        return said

    return write


def _korean_date(date: Date) -> str:
    words = [] if date.year is None else [f"{KOREAN.cardinal(date.year)}년"]
    if date.month is not None:
        words.append(f"{KOREAN_MONTHS.get(date.month) or KOREAN.cardinal(date.month)}월")
    if date.day is not None:
        words.append(f"{KOREAN.cardinal(date.day)}일")
    return " ".join(words)


def _korean_time(clock: Clock) -> str:
    hour = KOREAN_HOURS[(clock.hour - 1) % 12]
    words = ["오전" if clock.hour < 12 else "오후", f"{hour}시"]
    if clock.minute:
        words.append(f"{KOREAN.cardinal(clock.minute)}분")
    if clock.second:
        words.append(f"{KOREAN.cardinal(clock.second)}초")
    return " ".join(words)


KOREAN_MONTHS = {6: "유", 10: "시"}
KOREAN_HOURS = "한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두".split()
JAPANESE_DIGITS = tuple("ゼロ イチ ニ サン ヨン ゴ ロク ナナ ハチ キュウ".split())

WORDINGS = {
    "en": Wording(
        cardinal=cardinal,
        ordinal=ordinal,
        digits=tuple(UNITS[:10]),
        telephone_digits=tuple(UNITS[:10]),
        between=" ",
        date=_english_date,
        time=_english_time,
    ),
    # The Japanese front end reads numbers by what they count, so they are left to it.
    "ja": Wording(
        cardinal=str,
        ordinal="{}番目".format,
        digits=JAPANESE_DIGITS,
        telephone_digits=JAPANESE_DIGITS,
        between=" ",
        date=_dated("年", "月", "日", str, str),
        time=_timed("時", "分", "秒", str),
    ),
    "ko": Wording(
        cardinal=KOREAN.cardinal,
        ordinal=lambda number: "제" + KOREAN.cardinal(number),
        digits=tuple(KOREAN.digits),
        telephone_digits=tuple("공일이삼사오육칠팔구"),
        between=" ",
        date=_korean_date,
        time=_korean_time,
    ),
    "yue": Wording(
        cardinal=CANTONESE.cardinal,
        ordinal=lambda number: "第" + CANTONESE.cardinal(number),
        digits=tuple(CANTONESE.digits),
        telephone_digits=tuple(CANTONESE.digits),
        between="",
        date=_dated("年", "月", "號", CANTONESE.spelled, CANTONESE.cardinal),
        time=_timed("點", "分", "秒", CANTONESE.cardinal, two="兩", zero="零"),
    ),
    "zh": Wording(
        cardinal=CHINESE.cardinal,
        ordinal=lambda number: "第" + CHINESE.cardinal(number),
        digits=tuple(CHINESE.digits),
        telephone_digits=tuple("零幺二三四五六七八九"),
        between="",
        date=_dated("年", "月", "日", CHINESE.spelled, CHINESE.cardinal),
        time=_timed("点", "分", "秒", CHINESE.cardinal, two="两", zero="零"),
    ),
}
"""Language -> its wording."""
