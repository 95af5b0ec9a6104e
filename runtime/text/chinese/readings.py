"""How the characters of a word are read before any rule of tone: pypinyin's dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.contrib.tone_convert import to_finals_tone3, to_initials

from voicepack.runtime.text.chinese.segmenter import Word
from voicepack.runtime.text.data_files import load_text

TONED = re.compile("([a-zü]+)([1-5])")


@dataclass(frozen=True)
class Reading:
    """The syllables of a word, one a character; a mark has neither final nor tone."""

    initials: tuple[str, ...]
    """Initials as pypinyin names them; where there is no syllable, the character itself."""
    finals: tuple[str, ...]
    """Finals without tone, v for ü."""
    tones: tuple[str, ...]
    """"1" to "5", which is the neutral tone; "" where there is no syllable."""


@lru_cache(maxsize=8192)
def read_word(word: str) -> Reading:
    """Read a word by itself."""
    return _reading(_pinyin(word, Style.INITIALS), _pinyin(word, Style.FINALS_TONE3))


def _reading(initials: list[str], toned_finals: list[str]) -> Reading:
    found = [TONED.fullmatch(final) for final in toned_finals]
    return Reading(
        tuple(initials),
        tuple(match[1] if match else "" for match in found),
        tuple(match[2] if match else "" for match in found),
    )


def _pinyin(text: str, style: Style) -> list[str]:
    """Ask pypinyin; what it cannot read stays as it is, one entry for each character."""
    return lazy_pinyin(
        text,
        style=style,
        errors=list,  # type: ignore[arg-type]  # pypinyin's manual allows a list, its types do not
        neutral_tone_with_five=True,
    )


def read_sentence(
    words: list[Word], readings: tuple[str | None, ...]
) -> Iterator[tuple[Word, Reading]]:
    """Read the words of a sentence by its context, but known phrases as the dictionary has them.

    Args:
        words: The sentence, cut into words.
        readings: Pinyin with the tone as a digit, one for each character of the sentence; None
            leaves a character to pypinyin.
    """
    sentence = "".join(word.text for word in words)
    alone = _pinyin(sentence, Style.TONE3)
    pinyin = [given or own for given, own in zip(readings, alone, strict=True)]
    start = 0
    for word in words:
        end = start + len(word.text)
        yield word, _corrected(word.text, pinyin[start:end])
        start = end


def _corrected(word: str, pinyin: list[str]) -> Reading:
    known = corrections()
    if word in known:
        pinyin = known[word]
    elif word in PHRASES_DICT:
        pinyin = _pinyin(word, Style.TONE3)
    else:
        pinyin = [
            known[character][0] if character in known else own
            for character, own in zip(word, pinyin, strict=True)
        ]
    syllables = [TONED.fullmatch(syllable) is not None for syllable in pinyin]
    return _reading(
        [to_initials(text) if said else text for text, said in zip(pinyin, syllables, strict=True)],
        [
            to_finals_tone3(text, neutral_tone_with_five=True) if said else text
            for text, said in zip(pinyin, syllables, strict=True)
        ],
    )


@cache
def corrections() -> dict[str, list[str]]:
    """Words that pypinyin reads wrong -> their pinyin, a syllable for each character."""
    lines = (line.split() for line in load_text("chinese_readings.txt").splitlines())
    return {word: pinyin for word, *pinyin in lines}
