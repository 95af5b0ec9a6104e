"""Erhua: 儿 at the end of a word, which voices say with the tone of the syllable before it."""

from __future__ import annotations

from voicepack.runtime.text.chinese.segmenter import Word
from voicepack.runtime.text.chinese.word_lists import word_list

KEPT_TAGS = frozenset(("a", "j", "nr"))
"""Adjectives, abbreviations and names end in a 儿 of its own."""


def say_erhua(word: Word, finals: tuple[str, ...], tones: list[str]) -> list[str]:
    """Give the tones of a word, with the tone of a 儿 at its end changed.

    Args:
        word: A word, or several that were joined.
        finals: Finals of its characters, without tone.
        tones: Tones as the rules of tone left them.
    """
    if word.text[-1] != "儿" or finals[-1] != "er":
        return tones
    tone = "2" if tones[-1] == "1" else tones[-1]
    if _is_erhua(word) and tone in ("2", "5") and len(tones) > 1:
        tone = tones[-2]
    return [*tones[:-1], tone]


def _is_erhua(word: Word) -> bool:
    if word.text in word_list("erhua"):
        return word.text[-2:] not in word_list("not_erhua")
    excluded = word.text in word_list("not_erhua") or word.tag in KEPT_TAGS
    return not excluded and word.text[-2:] not in word_list("not_erhua")
