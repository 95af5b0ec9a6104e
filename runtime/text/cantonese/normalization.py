"""Cantonese text as it is read aloud: simplified characters and marks alone."""

from __future__ import annotations

import re

from voicepack.runtime.text.chinese.normalization import write_out

MARKS = str.maketrans("：；，。！？·、$—～~", ",,,.!?,,.---")
UNSPEAKABLE = re.compile("[^\u4e00-\u9fa5!?…,.-]+")


def normalize(text: str) -> str:
    """Write a text as voices have learned it: numbers as in Mandarin, and in simplified characters.

    Args:
        text: Any text; Latin letters and other scripts are left out.

    Returns:
        Characters from U+4E00 to U+9FA5 and marks of "!?…,.-", maybe none.
    """
    return UNSPEAKABLE.sub("", write_out(text).replace("...", "…").translate(MARKS))
