"""How words sound: unknown ones are spelled, and what cannot be said is a pause."""

from __future__ import annotations

from itertools import pairwise

from voicepack.runtime.text.japanese.dictionary import Kind
from voicepack.runtime.text.japanese.kana import LONG, SPELLINGS, morae, spell
from voicepack.runtime.text.japanese.words import SYMBOL, Word

PAUSE = "、"
FILLER, VERB, AUXILIARY = "フィラー", "動詞", "助動詞"


def set_sounds(words: list[Word]) -> list[Word]:
    """Give every word a sound.

    Source: Open JTalk 1.11, njd_set_pronunciation.
    """
    for word in words:
        if word.num_morae == 0:
            _say_unknown(word)
    joined = _join_spelled(words)
    for word, following in pairwise(joined):
        if (
            following.sound == "ウ"
            and following.kind.part == AUXILIARY
            and word.kind.part in (VERB, AUXILIARY)
            and word.num_morae > 0
        ):
            following.sound = LONG
    return joined


def _say_unknown(word: Word) -> None:
    word.sound = spell(word.text)
    word.num_morae = len(morae(word.sound))
    if word.sound:
        word.kind = Kind(FILLER, "*", "*", "*", word.kind.form)
    else:
        word.sound = PAUSE
        word.kind = Kind(
            SYMBOL, word.kind.group, word.kind.subgroup, word.kind.name, word.kind.form
        )


def _join_spelled(words: list[Word]) -> list[Word]:
    """Join neighbours that are one kana or letter each to one word."""
    joined: list[Word] = []
    head: Word | None = None
    for word in words:
        is_single = word.kind.part == FILLER and word.text in SPELLINGS
        if head is not None and is_single:
            head.text += word.text
            head.sound += word.sound
            head.num_morae += word.num_morae
            continue
        head = word if is_single else None
        joined.append(word)
    return joined
