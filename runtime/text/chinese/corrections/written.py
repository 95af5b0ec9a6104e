"""Written Chinese in characters: what upstream's rules would say wrongly, or not at all.

What is left has no digit, so those rules find nothing to do to it.
"""

from __future__ import annotations

import re

from voicepack.runtime.text.chinese.arithmetic import ARITHMETIC_RULES
from voicepack.runtime.text.chinese.corrections.measures import (
    COUNT_RULES,
    MEASURE_RULES,
    MILLIONS_RULES,
)
from voicepack.runtime.text.chinese.corrections.money import MONEY_RULES
from voicepack.runtime.text.chinese.corrections.ranges import RANGE_RULES, TIME_RANGE_RULES
from voicepack.runtime.text.chinese.measures import LOOSE_UNIT_RULES, TEMPERATURE_RULES
from voicepack.runtime.text.chinese.normalization import SILENT, Rule, apply_rules, plain
from voicepack.runtime.text.chinese.numbers import DECIMAL_RULES, PLAIN_RULES
from voicepack.runtime.text.chinese.ranges import NUMBER_RANGE_RULES, WAVE_RULES
from voicepack.runtime.text.chinese.telephones import TELEPHONE_RULES
from voicepack.runtime.text.chinese.times import DATE_RULES, TIME_RULES

RULES: tuple[Rule, ...] = (
    *MONEY_RULES,
    *RANGE_RULES,
    (re.compile("—"), lambda match: ""),
    *DATE_RULES,
    *TIME_RANGE_RULES,
    *TIME_RULES,
    *WAVE_RULES,
    *TEMPERATURE_RULES,
    *MEASURE_RULES,
    *LOOSE_UNIT_RULES,
    *ARITHMETIC_RULES,
    *MILLIONS_RULES,
    *TELEPHONE_RULES,
    *NUMBER_RANGE_RULES,
    *DECIMAL_RULES,
    *COUNT_RULES,
    *PLAIN_RULES,
)
# A dash may stand for a range, and "^" for a pause.
SILENT_BEFORE = {code: None for code in SILENT if chr(code) not in "—^"}


def write_out(text: str) -> str:
    """Write out numbers, dates, prices and measures; Cantonese shares this with Mandarin.

    Args:
        text: Any text, simplified or traditional.

    Returns:
        The text in simplified characters and without digits. Simplified once more it has 么 where
        upstream has 麽, which it reads otherwise.
    """
    return apply_rules(RULES, plain(text, SILENT_BEFORE))
