"""Chinese or Japanese: in which of the two each part of a run of Han characters is said.

Every word is asked what it may be; what is short or unknown then follows its neighbours.
Source: split-lang 2.1.1 (PyPI), split/splitter.py, and GPT-SoVITS, text/LangSegmenter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from voicepack.runtime.text.han_judge import HanJudge
from voicepack.runtime.text.scripts import Run, has_kana
from voicepack.runtime.text.segment import Segment, joined

UNKNOWN = "unknown"
CODES = {"zh": "zh", "yue": "zh", "wuu": "zh", "ja": "ja"}
"""What a judge says -> what is said. Any other answer is of no help."""
SHORT_WORD, LONG_SURROUNDINGS = 4, 6
"""Characters; so short a word between so long neighbours is of their language."""
SHORT_NEIGHBOUR = 5
"""Characters."""
OUTWEIGHED = 10
"""A part is not heard beside neighbours that are more than so many times longer."""
_KANA = "\u3041-\u3096\u3099\u309a\u30a1-\u30fa\u30fc"
# With the spaces and marks between; `、-〜` spans the brackets of East Asian text too.
KANA_STRETCH = re.compile(f"[{_KANA}]+(?:[0-9、-〜。！？.!?… ]+[{_KANA}]*)*")


def han_segments(runs: Sequence[Run], judge: HanJudge) -> list[Segment]:
    """Decide for runs between which there are only marks.

    Args:
        runs: Of `Script.HAN`, one or more.
        judge: Cuts words and says what they may be.

    Returns:
        Segments in "zh" and "ja", which together are the text of the runs with their marks.
    """
    parts = joined(chain.from_iterable(_clause(run, judge) for run in runs))
    settled = _settle_by_weight(parts) if len(parts) > 1 else parts
    return joined(chain.from_iterable(_kana_apart(part) for part in settled))


def _clause(run: Run, judge: HanJudge) -> list[Segment]:
    parts = [Segment(word, _language(word, judge)) for word in judge.words(run.text)]
    parts = joined(_settle_middles(joined(parts), judge))
    parts = joined(_settle_middles(parts, judge))
    parts = joined(_settle_ends(_settle_unknown(parts), judge))
    parts = joined(_settle_middles(parts, judge))
    last = parts[-1]
    return [*parts[:-1], Segment(last.text + run.marks, last.language)]


def _language(word: str, judge: HanJudge) -> str:
    if has_kana(word):
        return "ja"
    return next((CODES.get(code, UNKNOWN) for code in judge.likely(word)), UNKNOWN)


def _settle_middles(parts: list[Segment], judge: HanJudge) -> list[Segment]:
    """Give a doubtful part the language of both its neighbours."""
    settled = list(parts)
    for place in range(1, len(parts) - 1):
        left, middle, right = settled[place - 1 : place + 2]
        if left.language == right.language != UNKNOWN and _follows(left, middle, right, judge):
            settled[place] = Segment(middle.text, left.language)
    return settled


def _follows(left: Segment, middle: Segment, right: Segment, judge: HanJudge) -> bool:
    if middle.language == UNKNOWN:
        return True
    if has_kana(middle.text):
        return False
    surroundings = len(left.text) + len(right.text)
    if len(middle.text) <= SHORT_WORD and surroundings >= LONG_SURROUNDINGS:
        return True
    return left.language in judge.likely(middle.text)


def _settle_unknown(parts: list[Segment]) -> list[Segment]:
    """Give each unknown part the language of the longer neighbour, or of the only one."""
    settled = list(parts)
    for place, part in enumerate(parts):
        if part.language == UNKNOWN:
            neighbours = [*settled[max(0, place - 1) : place], *settled[place + 1 : place + 2]]
            longer = max(neighbours, key=lambda neighbour: len(neighbour.text), default=part)
            settled[place] = Segment(part.text, longer.language)
    return settled


def _settle_ends(parts: list[Segment], judge: HanJudge) -> list[Segment]:
    """Give the first and the last part the language of their neighbour if they may be of it."""
    settled = list(parts)
    if len(parts) > 1:
        for end, beside in ((0, 1), (-1, -2)):
            if _joins(settled[end], settled[beside], judge):
                settled[end] = Segment(settled[end].text, settled[beside].language)
    return settled


def _joins(part: Segment, neighbour: Segment, judge: HanJudge) -> bool:
    length = len(neighbour.text)
    if has_kana(part.text + neighbour.text):
        may_join = length <= SHORT_NEIGHBOUR
    elif neighbour.language == "zh" and length >= LONG_SURROUNDINGS and length > len(part.text):
        return True
    else:
        may_join = True
    return may_join and neighbour.language in judge.likely(part.text)


def _settle_by_weight(parts: list[Segment]) -> list[Segment]:
    """Let long parts overrule short ones, and much Japanese a little Chinese."""
    characters = Counter[str]()
    for part in parts:
        characters[part.language] += len(part.text)
    renamed = {}
    if characters["ja"] >= OUTWEIGHED * characters["zh"]:
        renamed["zh"] = "ja"
    if characters[UNKNOWN]:
        most = characters.most_common(1)[0][0]
        renamed[UNKNOWN] = renamed.get(most, most)
    return [
        Segment(part.text, renamed.get(part.language, part.language))
        for part in _without_outweighed(parts)
    ]


def _without_outweighed(parts: list[Segment]) -> list[Segment]:
    """Join a part with its neighbours where they are of one language and outweigh it."""
    kept: list[Segment] = []
    place = 0
    while place < len(parts):
        part, before, after = parts[place], kept[-1:], parts[place + 1 : place + 2]
        languages = {neighbour.language for neighbour in (*before, *after)}
        weight = sum(len(neighbour.text) for neighbour in (*before, *after))
        if (
            len(languages - {UNKNOWN}) == len(languages) == 1
            and OUTWEIGHED * len(part.text) < weight
        ):
            text = "".join(each.text for each in (*before, part, *after))
            kept[-1:] = [Segment(text, languages.pop())]
            place += 2
        else:
            kept.append(part)
            place += 1
    return kept


def _kana_apart(part: Segment) -> Iterator[Segment]:
    """Say kana as Japanese wherever it stands; what is of no known language is Chinese."""
    if part.language == "ja":
        yield part
        return
    start = 0
    for kana in KANA_STRETCH.finditer(part.text):
        if kana.start() > start:
            yield Segment(part.text[start : kana.start()], "zh")
        yield Segment(kana.group(), "ja")
        start = kana.end()
    if start < len(part.text):
        yield Segment(part.text[start:], "zh")
