"""Numbers in words of the languages that count in ten thousands."""

from __future__ import annotations

from dataclasses import dataclass, replace

MOST_DIGITS = 16
"""Digits of the longest number that has a name in every language."""


@dataclass(frozen=True)
class Numerals:
    """The words of one language."""

    digits: str
    """Names of 0 to 9."""
    tens: tuple[str, str, str, str]
    """What is said after a digit at each place of a group of four, from the right."""
    groups: tuple[str, str, str, str]
    """What is said after each group of four digits, from the right."""
    gap: str
    """What is said for zeros between others; may be empty."""
    one_is_said: bool
    """Whether hundreds are "one hundred" or only "hundred"."""

    def cardinal(self, number: int) -> str:
        """Say a number of at most `MOST_DIGITS` digits."""
        if number == 0:
            return self.digits[0]
        said = ""
        for place in reversed(range(len(self.groups))):
            group = number // 10_000**place % 10_000
            if group:
                # A group that has no thousands follows after zeros.
                gap = self.gap if said and group < 1000 else ""
                said += gap + self._group(group) + self.groups[place]
        one_ten = self.digits[1] + (self.tens[1] if self.one_is_said else self.groups[1])
        return said[1:] if said.startswith(one_ten) else said

    def spelled(self, number: int) -> str:
        """Say the digits of a number one by one."""
        return "".join(self.digits[int(digit)] for digit in str(number))

    def _group(self, group: int) -> str:
        said, zeros = "", False
        for place in reversed(range(4)):
            digit = group // 10**place % 10
            if digit == 0:
                zeros = bool(said)
                continue
            name = "" if digit == 1 and place and not self.one_is_said else self.digits[digit]
            said += (self.gap if zeros else "") + name + self.tens[place]
            zeros = False
        return said


CHINESE = Numerals(
    digits="零一二三四五六七八九",
    tens=("", "十", "百", "千"),
    groups=("", "万", "亿", "万亿"),
    gap="零",
    one_is_said=True,
)
CANTONESE = replace(CHINESE, groups=("", "萬", "億", "萬億"))
KOREAN = Numerals(
    digits="영일이삼사오육칠팔구",
    tens=("", "십", "백", "천"),
    groups=("", "만", "억", "조"),
    gap="",
    one_is_said=False,
)
