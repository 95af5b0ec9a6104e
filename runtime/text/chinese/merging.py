"""Joins words that are said as one, before the rules of tone look at each word.

Source: the tone sandhi of PaddleSpeech (Apache-2.0), whose order of rules voices have learned.
"""

from __future__ import annotations

from collections.abc import Callable

from voicepack.runtime.text.chinese.readings import read_word
from voicepack.runtime.text.chinese.segmenter import Word

LONGEST_OF_THIRD_TONES = 3
"""Characters in words that are joined for their third tones."""


def merge(words: list[Word]) -> list[Word]:
    """Join what belongs together; a joined word has the tag of one of its parts."""
    words = _merge_bu(words)
    words = _merge_verb_yi_verb(words)
    words = _merge_yi(words)
    words = _merge_repeated(words)
    words = _merge_third_tones(words, _are_third_tones)
    words = _merge_third_tones(words, _meet_in_third_tones)
    return _merge_er(words)


def _merge_bu(words: list[Word]) -> list[Word]:
    """Join 不 with the word behind it."""
    merged: list[Word] = []
    pending = ""
    for word in words:
        text = pending + word.text
        pending = "不" if text == "不" else ""
        if not pending:
            merged.append(Word(text, word.tag))
    return [*merged, Word("不", "d")] if pending else merged


def _merge_verb_yi_verb(words: list[Word]) -> list[Word]:
    """Join a verb, 一 and the same verb: 听一听."""
    merged: list[Word] = []
    skipped = -1
    for i, word in enumerate(words):
        if i == skipped:
            continue
        verb = merged[-1] if merged else Word("", "")
        if word.text == "一" and verb.tag == "v" and words[i + 1 : i + 2] == [verb]:
            merged[-1] = Word(f"{verb.text}一{verb.text}", verb.tag)
            skipped = i + 1
        else:
            merged.append(word)
    return merged


def _merge_yi(words: list[Word]) -> list[Word]:
    """Join 一 with the word behind it."""
    merged: list[Word] = []
    for word in words:
        if merged and merged[-1].text == "一":
            merged[-1] = Word("一" + word.text, merged[-1].tag)
        else:
            merged.append(word)
    return merged


def _merge_repeated(words: list[Word]) -> list[Word]:
    merged: list[Word] = []
    for word in words:
        if merged and merged[-1].text == word.text:
            merged[-1] = Word(word.text * 2, merged[-1].tag)
        else:
            merged.append(word)
    return merged


def _merge_third_tones(
    words: list[Word], meet: Callable[[tuple[str, ...], tuple[str, ...]], bool]
) -> list[Word]:
    """Join pairs of short words whose third tones meet, unless the first word is a repetition."""
    merged: list[Word] = []
    joined_last = False
    for i, word in enumerate(words):
        before = words[i - 1].text if i else ""
        joined_last = (
            not joined_last
            and bool(before)
            and meet(read_word(before).tones, read_word(word.text).tones)
            and not (len(before) == 2 and before[0] == before[1])
            and len(before) + len(word.text) <= LONGEST_OF_THIRD_TONES
        )
        if joined_last:
            merged[-1] = Word(merged[-1].text + word.text, merged[-1].tag)
        else:
            merged.append(word)
    return merged


def _are_third_tones(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    return set(before) == set(after) == {"3"}


def _meet_in_third_tones(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    return before[-1] == after[0] == "3"


def _merge_er(words: list[Word]) -> list[Word]:
    """Join 儿 with the word before it."""
    merged: list[Word] = []
    for word in words:
        if merged and word.text == "儿":
            merged[-1] = Word(merged[-1].text + "儿", merged[-1].tag)
        else:
            merged.append(word)
    return merged
