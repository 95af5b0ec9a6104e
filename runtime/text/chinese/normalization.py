"""Chinese text as it is read aloud: characters and the marks "!?…,." alone.

The rules are upstream's, in its order, each a pattern and what is said instead; what a listener
would take for a mistake is put right before, in `corrections`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping

from voicepack.runtime.text.chinese.arithmetic import ARITHMETIC_RULES
from voicepack.runtime.text.chinese.measures import (
    COUNT_RULES,
    LOOSE_UNIT_RULES,
    TEMPERATURE_RULES,
)
from voicepack.runtime.text.chinese.numbers import DECIMAL_RULES, PLAIN_RULES
from voicepack.runtime.text.chinese.ranges import NUMBER_RANGE_RULES, WAVE_RULES
from voicepack.runtime.text.chinese.simplified import simplify
from voicepack.runtime.text.chinese.telephones import TELEPHONE_RULES
from voicepack.runtime.text.chinese.times import DATE_RULES, TIME_RANGE_RULES, TIME_RULES

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

RULES: tuple[Rule, ...] = (
    *DATE_RULES,
    *TIME_RANGE_RULES,
    *TIME_RULES,
    *WAVE_RULES,
    *TEMPERATURE_RULES,
    *LOOSE_UNIT_RULES,
    *ARITHMETIC_RULES,
    *TELEPHONE_RULES,
    *NUMBER_RANGE_RULES,
    *DECIMAL_RULES,
    *COUNT_RULES,
    *PLAIN_RULES,
)

WIDTH_OF_FULL = 0xFEE0
HALF_WIDTH = {
    ord(character) + WIDTH_OF_FULL: character for character in string.ascii_letters + string.digits
}
SILENT = str.maketrans("", "", " —《》【】<>{}()（）#&@“”^_|\\")

SPOKEN_SIGNS = str.maketrans(
    {
        "/": "每",
        "+": "加",
        "-": "减",
        "×": "乘",
        "÷": "除",
        "=": "等",
        **dict(zip("①②③④⑤⑥⑦⑧⑨⑩", "一二三四五六七八九十", strict=True)),
        "α": "阿尔法",
        "β": "贝塔",
        "γ": "伽玛",
        "Γ": "伽玛",
        "δ": "德尔塔",
        "Δ": "德尔塔",
        "ε": "艾普西龙",
        "ζ": "捷塔",
        "η": "依塔",
        "θ": "西塔",
        "Θ": "西塔",
        "ι": "艾欧塔",
        "κ": "喀帕",
        "λ": "拉姆达",
        "Λ": "拉姆达",
        "μ": "缪",
        "ν": "拗",
        "ξ": "克西",
        "Ξ": "克西",
        "ο": "欧米克伦",
        "π": "派",
        "Π": "派",
        "ρ": "肉",
        "ς": "西格玛",
        "σ": "西格玛",
        "Σ": "西格玛",
        "τ": "套",
        "υ": "宇普西龙",
        "φ": "服艾",
        "Φ": "服艾",
        "χ": "器",
        "ψ": "普赛",
        "Ψ": "普赛",
        "ω": "欧米伽",
        "Ω": "欧米伽",
    }
)

MARKS = str.maketrans("：；，。！？·、$~～", ",,,.!?,,.……")
# Upstream has these two hums said by characters that every dictionary knows.
HUMS = str.maketrans("嗯呣", "恩母")
UNSPEAKABLE = re.compile("[^\u4e00-\u9fa5!?…,.-]+")
RUN_OF_MARKS = re.compile("([!?…,.-])[!?…,.-]+")


def normalize(text: str) -> str:
    """Write a text as Mandarin says it.

    Args:
        text: Any text, simplified or traditional; Latin letters and other scripts are left out.

    Returns:
        Simplified characters from U+4E00 to U+9FA5 and single marks of "!?…,.", maybe none.
    """
    marked = write_out(text).translate(HUMS).replace("...", "…").translate(MARKS)
    return RUN_OF_MARKS.sub(r"\1", UNSPEAKABLE.sub("", marked))


def write_out(text: str) -> str:
    """Write out numbers, dates, prices, measures and signs; Cantonese shares this with Mandarin.

    Args:
        text: Any text, simplified or traditional.

    Returns:
        The text in simplified characters, without line breaks; marks and other scripts remain.
    """
    written = apply_rules(RULES, plain(text, SILENT))
    return written.translate(SPOKEN_SIGNS).replace("\n", "")


def plain(text: str, silent: Mapping[int, int | None]) -> str:
    """Write a text in simplified characters and half-width letters, without silent signs."""
    return simplify(text.translate(silent)).translate(HALF_WIDTH)


def apply_rules(rules: tuple[Rule, ...], text: str) -> str:
    """Apply rules one after the other, each to what the rules before it have left."""
    for pattern, say in rules:
        text = pattern.sub(say, text)
    return text
