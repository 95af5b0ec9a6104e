"""Tones as they are spoken: they change with the word and with the tone that follows.

Source: the tone sandhi of PaddleSpeech (Apache-2.0), whose order of rules voices have learned.
"""

from __future__ import annotations

from collections.abc import Callable

from voicepack.runtime.text.chinese.segmenter import Word
from voicepack.runtime.text.chinese.word_lists import word_list

Tones = list[str]
Halves = Callable[[str], tuple[str, str]]

NEUTRAL = "5"
PARTICLES = frozenset("吧呢哈啊呐噻嘛吖嗨呐哦哒额滴哩哟喽啰耶喔诶的地得")
ASPECTS = frozenset("了着过")
DIRECTIONS = frozenset("上下进出回过起开")
BEFORE_MEASURE = frozenset("几有两半多各整每做是")
PAUSES = frozenset(",.?!")


class ToneSandhi:
    """Changes the tones of words, one word at a time."""

    def __init__(self, halves: Halves) -> None:
        """Take the function that cuts a word in two."""
        self._halves = halves

    def spoken(self, word: Word, tones: tuple[str, ...]) -> Tones:
        """Give the tones with which a word is spoken.

        Args:
            word: A word, or several that were joined.
            tones: "1" to "5" for each character, "" for a mark.
        """
        changed = _change_bu(word.text, list(tones))
        changed = _change_yi(word.text, changed)
        changed = self._make_neutral(word, changed)
        return self._change_third(word.text, changed)

    def _make_neutral(self, word: Word, tones: Tones) -> Tones:
        text = word.text
        if word.tag[0] in "nva" and text not in word_list("not_neutral"):
            for i in range(1, len(text)):
                if text[i] == text[i - 1]:
                    tones[i] = NEUTRAL
        place = _neutral_place(word)
        if place is not None:
            tones[place] = NEUTRAL
        first, second = self._halves(text)
        if _ends_neutral(first):
            tones[len(first) - 1] = NEUTRAL
        if _ends_neutral(second):
            tones[-1] = NEUTRAL
        return tones

    def _change_third(self, text: str, tones: Tones) -> Tones:
        """Say a third tone before another as a second tone."""
        if len(text) == 2:
            return _rise(tones)
        if len(text) == 3:
            return _change_third_of_three(tones, len(self._halves(text)[0]))
        if len(text) == 4:
            return _rise(tones[:2]) + _rise(tones[2:])
        return tones


def _change_bu(text: str, tones: Tones) -> Tones:
    """不 is neutral in 看不懂, and rises before a falling tone."""
    if len(text) == 3 and text[1] == "不":
        tones[1] = NEUTRAL
        return tones
    for i in range(len(text) - 1):
        if text[i] == "不" and tones[i + 1] == "4":
            tones[i] = "2"
    return tones


def _change_yi(text: str, tones: Tones) -> Tones:
    """一 keeps its tone in numbers, is neutral in 看一看, and else goes against what follows."""
    if all(character == "一" or character.isnumeric() for character in text):
        return tones
    if len(text) == 3 and text[1] == "一" and text[0] == text[2]:
        tones[1] = NEUTRAL
    elif text.startswith("第一"):
        tones[1] = "1"
    else:
        for i in range(len(text) - 1):
            if text[i] == "一" and tones[i + 1] == "4":
                tones[i] = "2"
            elif text[i] == "一" and text[i + 1] not in PAUSES:
                tones[i] = "4"
    return tones


def _neutral_place(word: Word) -> int | None:
    """Find the syllable that is neutral by the first rule that applies."""
    text, tag, end = word.text, word.tag, word.text[-1]
    measure = text.find("个")
    last = len(text) - 1
    if end in PARTICLES:
        return last
    if last == 0 and end in ASPECTS and tag in ("ul", "uz", "ug"):
        return last
    if last > 0 and end in "们子" and tag in ("r", "n") and text not in word_list("not_neutral"):
        return last
    if last > 0 and end in "上下里" and tag in ("s", "l", "f"):
        return last
    if last > 0 and end in "来去" and text[-2] in DIRECTIONS:
        return last
    if text == "个" or (measure > 0 and _counts(text[measure - 1])):
        return measure
    return last if _ends_neutral(text) else None


def _counts(character: str) -> bool:
    return character.isnumeric() or character in BEFORE_MEASURE


def _ends_neutral(text: str) -> bool:
    return text in word_list("neutral") or text[-2:] in word_list("neutral")


def _rise(tones: Tones) -> Tones:
    """Change the first of two third tones."""
    return ["2", "3"] if tones == ["3", "3"] else tones


def _change_third_of_three(tones: Tones, cut: int) -> Tones:
    """Change the third tones of three syllables: 蒙古/包 rises twice, 纸/老虎 once."""
    if tones == ["3", "3", "3"]:
        return {1: ["3", "2", "3"], 2: ["2", "2", "3"]}.get(cut, tones)
    first, second = _rise(tones[:cut]), tones[cut:]
    if second == ["3", "3"]:
        return first + _rise(second)
    if second and second[0] == "3" and first[-1] == "3" and set(second) != {"3"}:
        first[-1] = "2"
    return first + second
