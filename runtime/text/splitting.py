"""Ways to cut a text into pieces that are spoken one by one."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

STOPS = frozenset("，。？！,.?!~:：—…")
"""Marks that end a clause."""
CLAUSE_STOPS = frozenset(",.;?!、，。？！：…")
"""Marks at which `cut5` cuts."""
SILENT = frozenset("!?…,.- ")
"""A piece of nothing else is dropped."""
CLAUSES_A_PIECE = 4
LONG_PIECE = 50
"""Characters."""


class Split(Enum):
    """The ways to cut, by upstream's names."""

    CUT0 = "cut0"
    """Not at all."""
    CUT1 = "cut1"
    """After every four clauses."""
    CUT2 = "cut2"
    """After the clause with which a piece exceeds 50 characters."""
    CUT3 = "cut3"
    """At Chinese full stops."""
    CUT4 = "cut4"
    """At full stops that are no decimal points."""
    CUT5 = "cut5"
    """At every mark that ends a clause."""


def cut(text: str, split: Split) -> list[str]:
    """Cut a text into pieces.

    Args:
        text: Any text.
        split: Where to cut.

    Returns:
        The pieces in order, without those that are only marks. A piece may hold line breaks.

    Source: GPT-SoVITS, TTS_infer_pack/text_segmentation_method.py.
    """
    if not text.strip("\n"):
        return []
    return CUTS[split](text)


def _cut_nowhere(text: str) -> list[str]:
    return _spoken([text])


def _cut_every_four_clauses(text: str) -> list[str]:
    text = text.strip("\n")
    clauses = _clauses(text)
    # The last group is never alone: up to seven clauses may close the text together.
    starts = list(range(0, len(clauses), CLAUSES_A_PIECE))[:-1] or [0]
    if len(clauses) <= CLAUSES_A_PIECE:
        return _spoken([text])
    ends = [*starts[1:], len(clauses)]
    return _spoken(["".join(clauses[start:end]) for start, end in zip(starts, ends, strict=True)])


def _cut_long(text: str) -> list[str]:
    text = text.strip("\n")
    clauses = _clauses(text)
    if len(clauses) < 2:
        return [text]
    pieces, piece = [], ""
    for clause in clauses:
        piece += clause
        if len(piece) > LONG_PIECE:
            pieces.append(piece)
            piece = ""
    if piece:
        pieces.append(piece)
    if len(pieces) > 1 and len(pieces[-1]) < LONG_PIECE:
        pieces[-2:] = ["".join(pieces[-2:])]
    return _spoken(pieces)


def _cut_at_chinese_stops(text: str) -> list[str]:
    return _spoken(text.strip("\n").strip("。").split("。"))


def _cut_at_full_stops(text: str) -> list[str]:
    return _spoken(re.split(r"(?<!\d)\.(?!\d)", text.strip("\n").strip(".")))


def _cut_at_clause_stops(text: str) -> list[str]:
    text = text.strip("\n")
    pieces, start = [], 0
    for place, char in enumerate(text):
        if char in CLAUSE_STOPS and not _is_decimal_point(text, place):
            pieces.append(text[start : place + 1])
            start = place + 1
    pieces.append(text[start:])
    return [piece for piece in pieces if not CLAUSE_STOPS.issuperset(piece)]


CUTS: dict[Split, Callable[[str], list[str]]] = {
    Split.CUT0: _cut_nowhere,
    Split.CUT1: _cut_every_four_clauses,
    Split.CUT2: _cut_long,
    Split.CUT3: _cut_at_chinese_stops,
    Split.CUT4: _cut_at_full_stops,
    Split.CUT5: _cut_at_clause_stops,
}


def _clauses(text: str) -> list[str]:
    text = text.replace("……", "。").replace("——", "，")
    if text[-1] not in STOPS:
        text += "。"
    clauses, start = [], 0
    for place, char in enumerate(text, start=1):
        if char in STOPS:
            clauses.append(text[start:place])
            start = place
    return clauses


def _is_decimal_point(text: str, place: int) -> bool:
    if text[place] != "." or place == 0:
        return False
    return text[place - 1].isdigit() and text[place + 1 : place + 2].isdigit()


def _spoken(pieces: list[str]) -> list[str]:
    return [piece for piece in pieces if not SILENT.issuperset(piece)]
