"""Numbers in words: in Korean ones before some units, in Sino-Korean ones before others."""

from __future__ import annotations

import re

DIGITS = "영일이삼사오육칠팔구"
ONES = "한 두 세 네 다섯 여섯 일곱 여덟 아홉".split()
TENS = "열 스물 서른 마흔 쉰 예순 일흔 여든 아흔".split()
PLACES = ("", "십", "백", "천")
GROUPS = ("", "만", "억", "조")
LONGEST = 16
"""Digits of the longest number that has a name; a longer one is read digit by digit."""
# Upstream asks whether the unit is a part of this text, and voices have learned the answer.
COUNTED = (
    "군데 권 개 그루 닢 대 두 마리 모 모금 뭇 발 발짝 방 번 벌 보루 "
    "살 수 술 시 쌈 움큼 정 짝 채 척 첩 축 켤레 톨 통"
)
# A match begins where the digits do, so that time is linear in length.
MEASURED = re.compile("(?<![0-9,])(,*)([0-9][0-9,]*)([ㄱ-힣]+)/B")
SPELLED = str.maketrans("0123456789", DIGITS)


def write_out_numbers(text: str) -> str:
    """Replace digits by words, as a number before a unit and digit by digit elsewhere.

    Args:
        text: Text in which "/B" follows each unit of measure, as in "3시/B 10분/B에".
    """
    return MEASURED.sub(_measure, text).translate(SPELLED)


def _measure(match: re.Match[str]) -> str:
    commas, number, unit = match.groups()
    digits = number.replace(",", "")
    said = count(digits) if unit in COUNTED else read(digits)
    return f"{commas}{said or digits}{unit}/B"


def count(digits: str) -> str:
    """Say a number in Korean below one hundred, as one counts things; above that, as `read`."""
    if digits == "20":
        return "스무"
    if len(digits) > LONGEST or not digits.strip("0"):
        return read(digits)
    hundreds, rest = digits[:-2], digits[-2:].zfill(2)
    tens, ones = int(rest[0]), int(rest[1])
    return read(f"{hundreds}00") * bool(hundreds) + ["", *TENS][tens] + ["", *ONES][ones]


def read(digits: str) -> str:
    """Say a number in Sino-Korean.

    Returns:
        Nothing for zeros alone other than "0" itself, and for a number that has no name.
    """
    if digits == "0":
        return DIGITS[0]
    if len(digits) > LONGEST:
        return ""
    groups = [digits[max(0, end - 4) : end] for end in range(len(digits), 0, -4)]
    return "".join(
        _read_group(digits, place) + GROUPS[place] * bool(digits.strip("0"))
        for place, digits in reversed(list(enumerate(groups)))
    )


def _read_group(digits: str, place: int) -> str:
    said = ""
    for power, digit in reversed(list(enumerate(reversed(digits)))):
        if digit == "0":
            continue
        said += DIGITS[int(digit)] * (not _is_silent(digits, power, place)) + PLACES[power]
    return said


def _is_silent(digits: str, power: int, place: int) -> bool:
    """Whether the one of "십" and "만" is left out; as voices have learned it, not in "일십억"."""
    if digits[-1 - power] != "1":
        return False
    return place < 2 if power else place == 1 and digits == "1"
