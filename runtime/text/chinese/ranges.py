"""From one number to another with a wave between: "3~5" is 三到五."""

from __future__ import annotations

import re

from voicepack.runtime.text.chinese.numbers import NUMBER, signed

SIGNED = rf"(?:-?{NUMBER}|\.\d+)"
LOOSE_MEASURED = "(?:%|°C|℃|度|摄氏度|cm[2²3³]?|db|ds|kg|km|m[2²3³lm]?|s)"

# Upstream says 至 between two measures and 到 between two numbers.
WAVE_RULES = (
    (
        re.compile(rf"({SIGNED}{LOOSE_MEASURED})~({SIGNED}{LOOSE_MEASURED})", re.ASCII),
        lambda match: f"{match[1]}至{match[2]}",
    ),
)
NUMBER_RANGE_RULES = (
    (
        re.compile(rf"(?<![\d+\-×÷=])(-?)({NUMBER})~(-?)({NUMBER})(?![\d+\-×÷=])", re.ASCII),
        lambda match: f"{signed(match[1], match[2])}到{signed(match[3], match[4])}",
    ),
)
