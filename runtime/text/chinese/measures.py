"""Temperatures, units of measure and counted things, written out."""

from __future__ import annotations

import re

from voicepack.runtime.text.chinese.numbers import NUMBER, cardinal, signed

Match = re.Match[str]

UNITS = {
    "cm": "厘米",
    "cm2": "平方厘米",
    "cm²": "平方厘米",
    "cm3": "立方厘米",
    "cm³": "立方厘米",
    "db": "分贝",
    "dB": "分贝",
    "ds": "毫秒",
    "g": "克",
    "GHz": "吉赫",
    "h": "小时",
    "Hz": "赫兹",
    "kg": "千克",
    "kHz": "千赫",
    "km": "千米",
    "km2": "平方千米",
    "km²": "平方千米",
    "kW": "千瓦",
    "kWh": "千瓦时",
    "L": "升",
    "m": "米",
    "m2": "平方米",
    "m²": "平方米",
    "m3": "立方米",
    "m³": "立方米",
    "mAh": "毫安时",
    "mg": "毫克",
    "MHz": "兆赫",
    "min": "分钟",
    "ml": "毫升",
    "mL": "毫升",
    "mm": "毫米",
    "ms": "毫秒",
    "nm": "纳米",
    "s": "秒",
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
UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
DEGREE = "°C|℃|摄氏度|度"

# A number before one of these says how many; a longer number before anything else is a name.
COUNTED_CHARACTERS = (
    "万丈世丘丝两个丸亩人亿代令件伏位例元冬出刀分列刻勺匹千升单卮厘双叠口只台合名吨周啖回场块坡堂堆堵墙壳"
    "壶处夏夜天头套季客家寸对寻封尺尾层山岁岭常幅幢平年床座张忽户所手扎打批把担挑捆撮支斗斛斤方日旬时春曲"
    "更月本朵条杯板枚枝架栋株根桶棵段毛毫江泡注溪炮煲片瓶百盆盏盒盘目石砣碗碟秋秒程窠笼管箩箱篇篮簋米粒纪"
    "线罐网罗群脚腔艘袋袭角课贯贴趟跳身辆辈道里针钟钧钱钵铢铺锅锱间阙队阵面页顶项颗首"
)
# Upstream knows 小时, 微克, 微米, 公分 and 美元 of these.
COUNTED_WORDS = (
    "小时|克|微克|微米|纳米|立方|公里|公分|公尺|公斤|公升|公顷|英里|英尺|英寸|英亩|海里|瓦|赫|兆赫|吉赫|"
    "美元|欧元|英镑|日元|韩元|港元|港币|人民币"
)
COUNTED = f"(?:[{COUNTED_CHARACTERS}]|{COUNTED_WORDS})"

MEASURE = re.compile(rf"({NUMBER})({UNIT})(?:/({UNIT}))?(?![A-Za-z0-9])", re.ASCII)
NO_WEIGHT = re.compile("(?:[1-6]|8|16|32|64|128|256|512)g")
"""More likely the memory of a computer, or what net a telephone uses."""
LOOSE_UNIT = re.compile("cm[2²3³]?|db|ds|k[gm]|m[2²3³l]?|s")
TEMPERATURE = re.compile(rf"(-?)({NUMBER})(?:{DEGREE})", re.ASCII)
COUNT = re.compile(rf"(?<!\d)(\d+)([多余几+]?)(?={COUNTED})", re.ASCII)


def _say_temperature(match: Match) -> str:
    return signed(match[1], match[2], minus="零下") + "度"


def _say_unit(match: Match) -> str:
    if NO_WEIGHT.fullmatch(match[0]):
        return match[0]
    per = f"每{UNITS[match[3]]}" if match[3] else ""
    return match[1] + UNITS[match[2]] + per


def _say_count(match: Match) -> str:
    number = cardinal(match[1])
    more = "多" if match[2] == "+" else match[2]
    return ("两" if number == "二" else number) + more


MEASURE_RULES = (
    (TEMPERATURE, _say_temperature),
    (MEASURE, _say_unit),
    # Upstream knows units anywhere, even in Latin words, which mixed text keeps away from here.
    (LOOSE_UNIT, lambda match: UNITS[match[0]]),
)
COUNT_RULES = ((COUNT, _say_count),)
