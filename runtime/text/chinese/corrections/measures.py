"""Units of measure and counted things that upstream lacks, written out."""

from __future__ import annotations

import re

from voicepack.runtime.text.chinese.measures import COUNTED_CHARACTERS, UNITS, say_count
from voicepack.runtime.text.chinese.numbers import NUMBER, signed

Match = re.Match[str]

ALL_UNITS = UNITS | {
    "dB": "分贝",
    "g": "克",
    "GHz": "吉赫",
    "h": "小时",
    "Hz": "赫兹",
    "kHz": "千赫",
    "km2": "平方千米",
    "km²": "平方千米",
    "kW": "千瓦",
    "kWh": "千瓦时",
    "L": "升",
    "mAh": "毫安时",
    "mg": "毫克",
    "MHz": "兆赫",
    "min": "分钟",
    "mL": "毫升",
    "mm": "毫米",
    "ms": "毫秒",
    "nm": "纳米",
    "μg": "微克",
    "μm": "微米",
    "㎎": "毫克",
    "㎏": "千克",
    "㎜": "毫米",
    "㎝": "厘米",
    "㎞": "千米",
    "㎡": "平方米",
    "㎥": "立方米",
}
# The longest first: "km/h" begins as "k" does.
UNIT = "|".join(sorted(ALL_UNITS, key=len, reverse=True))
COUNTED_WORDS = (
    "小时|克|微克|微米|纳米|立方|公里|公分|公尺|公斤|公升|公顷|英里|英尺|英寸|英亩|海里|瓦|赫|兆赫|吉赫|"
    "美元|欧元|英镑|日元|韩元|港元|港币|人民币"
)
COUNTED = f"(?:[{COUNTED_CHARACTERS}]|{COUNTED_WORDS})"

MEASURE = re.compile(rf"({NUMBER})({UNIT})(?:/({UNIT}))?(?![A-Za-z0-9])", re.ASCII)
NO_WEIGHT = re.compile("(?:[1-6]|8|16|32|64|128|256|512)g")
"""More likely the memory of a computer, or what net a telephone uses."""
COUNT = re.compile(rf"(?<!\d)(\d+)([多余几+]?)(?={COUNTED})", re.ASCII)
# Millions of people or yuan are no telephone; upstream takes them for one.
MILLIONS = re.compile(
    rf"(-?)(?<!\d)(?<!\d\.)(\d{{7,8}})(?=[多余几]?(?:[个元吨]|人(?!工)|{COUNTED_WORDS}))", re.ASCII
)


def _say_unit(match: Match) -> str:
    if NO_WEIGHT.fullmatch(match[0]):
        return match[0]
    per = f"每{ALL_UNITS[match[3]]}" if match[3] else ""
    return match[1] + ALL_UNITS[match[2]] + per


MEASURE_RULES = ((MEASURE, _say_unit),)
MILLIONS_RULES = ((MILLIONS, lambda match: signed(match[1], match[2])),)
COUNT_RULES = ((COUNT, say_count),)
