"""Which parts of a sentence are said in which language."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from voicepack.runtime.text.han_judge import han_judge, is_surely_chinese
from voicepack.runtime.text.han_segments import han_segments
from voicepack.runtime.text.modes import Mixing, Mode
from voicepack.runtime.text.scripts import Run, Script, runs
from voicepack.runtime.text.segment import Segment, joined

__all__ = ["Segment", "segments"]

NUMBER = "number"
"""Not yet a language: a number, which is said in that of the words beside it."""
SIGNS = "signs"
"""Not yet a language: signs, which belong to the words before them."""
STOPS = frozenset(",.!?，。！？")
"""After one of these, a number belongs to the words that follow."""
FULL_STOPS = frozenset("。.")


def segments(text: str, mode: Mode) -> tuple[Segment, ...]:
    """Plan in which languages a sentence is said.

    Args:
        text: One sentence.
        mode: What was asked for.

    Returns:
        At least one segment; neighbours differ in language. Together they are the text, without
        the spaces around it where languages are told apart.

    Source: GPT-SoVITS, text/LangSegmenter/langsegmenter.py.
    """
    if mode.mixing is Mixing.NONE:
        return (Segment(text, mode.language),)
    lead, found = runs(text.strip())
    if not found:
        return (Segment(lead, mode.language),)
    parts = joined(_parts(found, mode))
    parts[0] = Segment(lead + parts[0].text, parts[0].language)
    named = _signs_named(joined(_numbers_named(parts, mode.language)), mode.language)
    return tuple(joined(named))


def _parts(found: list[Run], mode: Mode) -> Iterator[Segment]:
    mixed = mode.mixing is Mixing.ALL
    languages = {
        Script.HAN: mode.language,
        Script.HANGUL: "ko" if mixed else mode.language,
        Script.LATIN: "en",
        Script.DIGIT: mode.language if mode.mixing is Mixing.ENGLISH_WORDS else NUMBER,
        Script.OTHER: SIGNS,
    }
    # Words of a few characters are often mistaken for Japanese, so it is not left to the judge.
    judged = mixed and not is_surely_chinese("".join(run.text for run in found))
    for script, group in groupby(found, key=attrgetter("script")):
        if judged and script is Script.HAN:
            for part in han_segments(list(group), han_judge()):
                yield Segment(part.text, mode.language if part.language == "zh" else part.language)
        else:
            for run in group:
                yield Segment(run.text + run.marks, languages[script])


def _numbers_named(parts: list[Segment], alone: str) -> Iterator[Segment]:
    length = 0
    before: Segment | None = None
    for place, part in enumerate(parts):
        after = parts[place + 1] if place + 1 < len(parts) else None
        language = part.language
        if language == NUMBER:
            language = _language_of_number(part, before, after, length) or alone
        length = len(part.text) + (length if before and before.language == language else 0)
        before = Segment(part.text, language)
        yield before


def _language_of_number(
    number: Segment, before: Segment | None, after: Segment | None, length_before: int
) -> str | None:
    """Name the language of the neighbour a number belongs to; None where it stands alone."""
    if before is None or after is None:
        neighbour = before or after
        return neighbour.language if neighbour else None
    if before.text[-1] in STOPS:
        return after.language
    belongs_before = number.text[-1] in FULL_STOPS or length_before >= len(after.text)
    return before.language if belongs_before else after.language


def _signs_named(parts: list[Segment], alone: str) -> Iterator[Segment]:
    before = parts[1].language if len(parts) > 1 else alone
    for part in parts:
        before = before if part.language == SIGNS else part.language
        yield Segment(part.text, before)
