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
    "ds": "毫秒",
    "kg": "千克",
    "km": "千米",
    "m": "米",
    "m2": "平方米",
    "m²": "平方米",
    "m3": "立方米",
    "m³": "立方米",
    "ml": "毫升",
    "s": "秒",
}
DEGREE = "°C|℃|摄氏度|度"
TEMPERATURE = re.compile(rf"(-?)({NUMBER})(?:{DEGREE})", re.ASCII)
# A unit is one anywhere, even in a Latin word; "mm" is two.
LOOSE_UNIT = re.compile("cm[2²3³]?|db|ds|k[gm]|m[2²3³l]?|s")

# A number before one of these says how many; a longer number before anything else is a name.
COUNTED_CHARACTERS = (
    "万丈世丘丝两个丸亩人亿代令件伏位例元冬出刀分列刻勺匹千升单卮厘双叠口只台合名吨周啖回场块坡堂堆堵墙壳"
    "壶处夏夜天头套季客家寸对寻封尺尾层山岁岭常幅幢平年床座张忽户所手扎打批把担挑捆撮支斗斛斤方日旬时春曲"
    "更月本朵条杯板枚枝架栋株根桶棵段毛毫江泡注溪炮煲片瓶百盆盏盒盘目石砣碗碟秋秒程窠笼管箩箱篇篮簋米粒纪"
    "线罐网罗群脚腔艘袋袭角课贯贴趟跳身辆辈道里针钟钧钱钵铢铺锅锱间阙队阵面页顶项颗首"
)
COUNTED = f"(?:[{COUNTED_CHARACTERS}]|小时|微克|微米|公分|美元)"
COUNT = re.compile(rf"(?<!\d)(\d+)([多余几+]?)(?={COUNTED})", re.ASCII)


def _say_temperature(match: Match) -> str:
    return signed(match[1], match[2], minus="零下") + "度"


def say_count(match: Match) -> str:
    """Say how many there are of what is counted: "2" is 两, "100+" is 一百多."""
    number = cardinal(match[1])
    more = "多" if match[2] == "+" else match[2]
    return ("两" if number == "二" else number) + more


TEMPERATURE_RULES = ((TEMPERATURE, _say_temperature),)
LOOSE_UNIT_RULES = ((LOOSE_UNIT, lambda match: UNITS[match[0]]),)
COUNT_RULES = ((COUNT, say_count),)
