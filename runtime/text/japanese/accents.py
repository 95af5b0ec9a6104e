"""Where the pitch falls in an accent phrase, from the words it is made of."""

from __future__ import annotations

from voicepack.runtime.text.japanese.words import Word

# The accent before 百, 億 and 兆 by the numeral; others fall where the default says.
HUNDREDS = {"七": 2, "三": 1, "四": 1, "九": 1, "何": 1}
LATE_BEFORE_OKU = frozenset("一六七八幾")
LATE_BEFORE_CHO = frozenset("六七")
FLAT_TENS = frozenset("五六八")
UNITS = frozenset("一二三四五六七八九")
TEN = "十"


def set_accents(words: list[Word]) -> None:
    """Give the first word of each accent phrase the accent of the phrase.

    Source: Open JTalk 1.11, njd_set_accent_type, after Sagisaka and Sato, "Accentuation Rules for
    Japanese Word Concatenation", 1983.
    """
    top, num_morae = 0, 0
    for place, word in enumerate(words):
        joins = place > 0 and word.joins is True
        if joins:
            part = words[place - 1].kind.part
            words[top].accent = joined_accent(words[top].accent, num_morae, word, part)
        else:
            top, num_morae = place, 0
        if joins and word.is_number and words[place - 1].is_number:
            _accent_number(words, place)
        if word.text == TEN and word.joins is not True and _is_number_at(words, place + 1):
            word.accent = 0
        num_morae += word.num_morae


def joined_accent(accent: int, num_morae: int, word: Word, part_before: str) -> int:
    """Work out the accent of a phrase that takes one more word.

    Args:
        accent: Accent of the phrase so far.
        num_morae: Morae of the phrase so far.
        word: The word that joins it.
        part_before: Part of speech of the word before that word.
    """
    rule, shift = parse_joining(word.joining, part_before)
    behind = num_morae + word.accent
    results = {
        "F2": num_morae + shift if accent == 0 else accent,
        "F3": num_morae + shift if accent != 0 else accent,
        "F4": num_morae + shift,
        "F5": 0,
        "C1": behind,
        "C2": num_morae + 1,
        "C3": num_morae,
        "C4": 0,
        "P1": behind if word.accent else 0,
        "P2": behind if word.accent else num_morae + 1,
        "P6": 0,
        "P14": behind if word.accent else accent,
    }
    return results.get(rule, accent)


def parse_joining(joining: str, part_before: str) -> tuple[str, int]:
    """Find the rule that holds after a part of speech, such as 動詞%F2@1/形容詞%F2@-1.

    Returns:
        Name of the rule, "*" where none holds, and by how many morae it shifts the accent.
    """
    for choice in joining.split("/"):
        condition, _, rule = choice.rpartition("%")
        if condition in part_before:
            name, _, shift = rule.partition("@")
            return name, int(shift or 0)
    return "*", 0


def _accent_number(words: list[Word], place: int) -> None:
    word, before = words[place], words[place - 1]
    if word.text == TEN:
        is_flat = before.text in FLAT_TENS and _is_unit_at(words, place + 1)
        before.accent = 0 if is_flat else 1
    elif word.text == "百":
        before.accent = HUNDREDS.get(before.text, before.num_morae + word.num_morae)
    elif word.text in ("千", "万"):
        before.accent = before.num_morae + 1
    elif word.text == "億":
        before.accent = 2 if before.text in LATE_BEFORE_OKU else 1
    elif word.text == "兆":
        before.accent = 2 if before.text in LATE_BEFORE_CHO else 1


def _is_number_at(words: list[Word], place: int) -> bool:
    return place < len(words) and words[place].is_number


def _is_unit_at(words: list[Word], place: int) -> bool:
    return place < len(words) and words[place].text in UNITS
