"""Korean: the letters of Hangul as they sound beside each other."""

from __future__ import annotations

import re
from functools import cache

from voicepack.runtime.text.data_files import load_text
from voicepack.runtime.text.front_end import FrontEnd, Pronunciation
from voicepack.runtime.text.korean.letters import take_apart, to_symbols
from voicepack.runtime.text.korean.numbers import write_out_numbers
from voicepack.runtime.text.korean.sound_changes import change_sounds
from voicepack.runtime.text.korean.word_classes import mark_word_classes
from voicepack.runtime.text.symbols import SymbolTable, symbol_table

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LETTER_NAMES = (
    "에이 비 시 디 이 에프 지 에이치 아이 제이 케이 엘 엠 "
    "엔 오 피 큐 아르 에스 티 유 브이 더블유 엑스 와이 제트"
).split()
SPELLED = str.maketrans(
    {
        case(letter): name
        for letter, name in zip(LETTERS, LETTER_NAMES, strict=True)
        for case in (str.lower, str.upper)
    }
)
MARKS = str.maketrans("：；，。！？·、\n", ",,,.!?,,.")
SPACE, PAUSE = "空", "停"
DOUBLED_RIEUL = re.compile("([ㅇㄹ]ㅡㄹ )ㄹ")
LAST_LETTER = re.compile("[ㄱ-ㅣ]$")


class KoreanFrontEnd:
    """Korean sentences to phones."""

    def __init__(self, symbols: SymbolTable) -> None:
        self._symbols = symbols
        # What voices were trained on: a pause stands for all that this table does not hold.
        self._trained = frozenset(symbol_table("v2").symbols)

    def pronounce(self, text: str) -> Pronunciation:
        """Pronounce one sentence; a character that Korean has no sound for is a pause."""
        letters = to_symbols(change_sounds(take_apart(_words(text))))
        # The sound changes turn "을 라면" into "을 나면", but not where they made ㄹ of ㄴ.
        letters = DOUBLED_RIEUL.sub(r"\1ㄴ", letters)
        if LAST_LETTER.search(letters):
            letters += "."
        phones = (self._phone(letter) for letter in letters.translate(MARKS))
        return Pronunciation(text, self._symbols.known(phones))

    def _phone(self, letter: str) -> str:
        if letter == " ":
            return SPACE
        return letter if letter in self._trained else PAUSE


def _words(text: str) -> str:
    spelled = text.translate(SPELLED)
    for word, said in _special_words():
        spelled = spelled.replace(word, said)
    return write_out_numbers(mark_word_classes(spelled))


@cache
def _special_words() -> tuple[tuple[str, str], ...]:
    """Read the words that no rule says rightly, in the order in which they are replaced."""
    lines = load_text("korean_words.txt").splitlines()
    return tuple((word, said) for word, said in (line.split() for line in lines))


def load(symbols: SymbolTable) -> FrontEnd:
    """Make the front end for voices with these symbols."""
    return KoreanFrontEnd(symbols)
