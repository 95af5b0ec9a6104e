"""Runs of one script: what can be told of a text's languages without knowing a word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Script(Enum):
    """What a run of characters is written in."""

    HAN = "han"
    """Chinese characters and kana, which Japanese mixes within a word."""
    HANGUL = "hangul"
    LATIN = "latin"
    """One word with a Latin letter in it."""
    DIGIT = "digit"
    OTHER = "other"
    """One word of signs, emoji, or letters that no voice can read."""


@dataclass(frozen=True)
class Run:
    """Characters of one script that follow each other, with the spaces among and after them."""

    script: Script
    text: str
    marks: str
    """The marks and spaces that follow, up to the next run."""


KANA = "\u3005\u3040-\u30ff\uff66-\uff9f"
"""Kana, and the sign that repeats a character, which only Japanese uses."""
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a"
MARKS = re.escape(
    "〜~,.;:!?，。！？；：、·([{<（【《〈「『“‘)]}>）】》〉」』”’\"'-_—#$%&…￥*+=@\\^`|\r\n"
)
_IN_WORDS = rf"[^\s\d{HAN}{KANA}{HANGUL}{MARKS}]"
# A stroke inside or after a word, such as that of "it's", belongs to it.
_STROKE = r"(?<=\S)'"
_RUNS = re.compile(
    rf"(?:(?P<han>[{HAN}{KANA}](?:[{HAN}{KANA} \t]|{_STROKE})*)"
    rf"|(?P<hangul>[{HANGUL}](?:[{HANGUL} \t]|{_STROKE})*)"
    rf"|(?P<digit>\d(?:[\d \t]|{_STROKE})*)"
    rf"|(?=(?:{_IN_WORDS}|')*[{LATIN}])(?P<latin>{_IN_WORDS}(?:{_IN_WORDS}|{_STROKE})*)"
    rf"|(?P<other>{_IN_WORDS}(?:{_IN_WORDS}|{_STROKE})*))"
    rf"(?P<marks>[{MARKS}\s]*)"
)
_LEADING_MARKS = re.compile(rf"[{MARKS}\s]*")
_HAS_KANA = re.compile(f"[{KANA}]")


def runs(text: str) -> tuple[str, list[Run]]:
    """Cut a text where its script changes.

    Returns:
        The marks and spaces that open the text, and the runs. Together they are the whole text.

    Source: split-lang 2.1.1 (PyPI), split/splitter.py, `pre_split`; here a word of signs or of
    another script is apart from Latin words, and rare Han characters, half-width kana and single
    letters of Hangul count as what they are.
    """
    opening = _LEADING_MARKS.match(text)
    lead = opening.group() if opening else ""
    return lead, [_run(found) for found in _RUNS.finditer(text, len(lead))]


def has_kana(text: str) -> bool:
    """Tell whether something in the text is certainly Japanese."""
    return _HAS_KANA.search(text) is not None


def _run(found: re.Match[str]) -> Run:
    script = next(script for script in Script if found[script.value])
    return Run(script, found[script.value], found["marks"])
