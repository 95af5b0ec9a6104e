"""Digits to numerals, and numerals to what they sound like before what is counted."""

from __future__ import annotations

from itertools import pairwise

from voicepack.runtime.text.japanese.counters import (
    PLAIN,
    change_numeral,
    count,
    plainly_counted,
    raise_to_power,
)
from voicepack.runtime.text.japanese.days import say_days
from voicepack.runtime.text.japanese.dictionary import Kind
from voicepack.runtime.text.japanese.words import COUNTER, NUMBER, Word, begins_number

POINT = "・"
LABEL = "番号"
NOUN, PREFIX = "名詞", "数接続"
NUMERAL_KIND = Kind(NOUN, NUMBER, "*", "*", "*")
POINT_KIND = Kind(NOUN, "接尾", COUNTER, "*", "*")
_WRITINGS = """
０ 〇
一 １ いち 壱
二 ２ に 弐 貳 ニ
三 ３ さん 参
四 ４ よん し
五 ５ ご
六 ６ ろく
七 ７ なな しち
八 ８ はち
九 ９ きゅう く
"""
DIGITS = [line.split()[0] for line in _WRITINGS.split("\n")[1:-1]]
"""How each digit is written once it is read."""
VALUES = {
    writing: value
    for value, line in enumerate(_WRITINGS.split("\n")[1:-1])
    for writing in line.split()
}
_Power = tuple[str, str, int, int, str]
"""Text, sound, accent, number of morae and joining."""
TENS: list[_Power] = [
    ("十", "ジュー", 1, 2, "*"),
    ("百", "ヒャク", 2, 2, "*"),
    ("千", "セン", 1, 2, "*"),
]
"""Powers of ten inside a group of four digits."""
MYRIADS: list[_Power] = [
    ("万", "マン", 1, 2, "*"),
    ("億", "オク", 1, 2, "*"),
    ("兆", "チョー", 1, 2, "C3"),
    ("京", "ケー", 1, 2, "*"),
    ("垓", "ガイ", 1, 2, "*"),
    ("𥝱", "ジョ", 1, 1, "*"),
    ("穣", "ジョー", 1, 2, "*"),
    ("溝", "コウ", 1, 2, "*"),
    ("澗", "カン", 1, 2, "*"),
    ("正", "セー", 1, 2, "*"),
    ("載", "サイ", 1, 2, "*"),
    ("極", "ゴク", 1, 2, "*"),
    ("恒河沙", "ゴウガシャ", 1, 4, "*"),
    ("阿僧祇", "アソーギ", 2, 4, "*"),
    ("那由他", "ナユタ", 1, 3, "*"),
    ("不可思議", "フカシギ", 2, 4, "*"),
    ("無量大数", "ムリョータイスー", 6, 7, "*"),
]
"""The power of ten behind each group of four digits, from the second last group on."""
POWERS = frozenset(power[0] for power in (*TENS, *MYRIADS))
MULTIPLIERS = frozenset("一二三四五六七八九何幾数")
LONGER = {"二": "ニー", "五": "ゴー"}
"""Digits of one mora, where they are said one by one."""


def set_numbers(words: list[Word]) -> list[Word]:
    """Say digits as numbers, and numbers as what they count wants.

    Source: Open JTalk 1.11, njd_set_digit.
    """
    if not any(word.is_number for word in words):
        return words
    words = _said(_read_digits(words))
    _say_points(words)
    for before, word in pairwise(words):
        if before.is_number and word.counts:
            count(before, word)
            before.joins, word.joins = False, True
    for before, word in pairwise(words):
        if before.is_number:
            _set_number_phrase(before, word)
            raise_to_power(before, word)
    _count_plainly(words)
    say_days(words)
    return _said(words)


def digit(word: Word) -> int | None:
    """Tell the value of a word that is one digit."""
    return VALUES.get(word.text) if word.is_number else None


def _said(words: list[Word]) -> list[Word]:
    return [word for word in words if word.sound]


def _read_digits(words: list[Word]) -> list[Word]:
    for word in words:
        value = digit(word)
        if value:
            word.text = DIGITS[value]
    read: list[Word] = []
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and digit(words[end]) is not None:
            end += 1
        if end == start:
            read.append(words[start])
            start += 1
        else:
            read.extend(_read_number(words, start, end))
            start = end
    return read


def _read_number(words: list[Word], start: int, end: int) -> list[Word]:
    number = words[start:end]
    if len(number) == 1 or len(number) > 4 * (len(MYRIADS) + 1):
        return number
    if digit(number[0]) == 0 or _number_score(words, start, end) < 0:
        return _one_by_one(number)
    return _as_one_number(number)


def _number_score(words: list[Word], start: int, end: int) -> int:
    """Weigh by the neighbours whether digits are one number; below 0 they are read one by one."""
    score = 0
    if start > 0:
        before = words[start - 1]
        score += 2 * (before.kind.group == PREFIX) + before.counts - 2 * (before.text == LABEL)
        if start > 1:
            is_decimal = before.text == POINT and words[start - 2].is_number
            score -= 5 * is_decimal + 2 * (words[start - 2].text == LABEL)
    if end < len(words):
        after = words[end]
        score += 2 * after.counts - 2 * (after.text == LABEL) + 4 * (after.text == POINT)
    return score


def _one_by_one(number: list[Word]) -> list[Word]:
    """Say digits one by one, two to an accent phrase."""
    for place, word in enumerate(number):
        _say_digit(word, "ゼロ")
        word.joining = "*"
        word.joins = place % 2 == 1
        if word.joins:
            number[place - 1].accent = 3
    return number


def _say_digit(word: Word, zero: str) -> None:
    """Say a digit by itself: none is shorter than two morae."""
    if digit(word) == 0:
        word.sound, word.num_morae = zero, 2
    elif word.text in LONGER:
        word.sound, word.num_morae = LONGER[word.text], 2


def _as_one_number(number: list[Word]) -> list[Word]:
    """Say digits as one number: with powers of ten between them, and without its zeros."""
    read: list[Word] = []
    group_counts = False
    for place, word in zip(reversed(range(len(number))), number, strict=True):
        value = digit(word)
        group, power = divmod(place, 4)
        group_counts |= value != 0
        if value and (power == 0 or value != 1):
            read.append(word)
        if value and power > 0:
            read.append(_power_word(TENS[power - 1]))
        if power == 0:
            if group > 0 and group_counts:
                read.append(_power_word(MYRIADS[group - 1]))
            group_counts = False
    return read


def _power_word(power: _Power) -> Word:
    text, sound, accent, num_morae, joining = power
    return Word(text, NUMERAL_KIND, sound, accent, num_morae, joining)


def _say_points(words: list[Word]) -> None:
    """Say the points between numbers."""
    place = 1
    while place + 1 < len(words):
        before, word, after = words[place - 1 : place + 2]
        place += 1
        if word.text != POINT or not (before.is_number and after.is_number):
            continue
        words[place - 1] = Word("．", POINT_KIND, "テン", 0, 2, joins=True)
        _say_digit(before, "レー")
        if before.text == "六":
            before.accent = 1
        while place < len(words) and words[place].kind.part == NOUN:
            place += 1
        place += 1


def _set_number_phrase(before: Word, word: Word) -> None:
    """Let a power of ten join its multiplier, and the next multiplier begin a phrase."""
    if not word.is_number:
        return
    if before.text in MULTIPLIERS and word.text in POWERS:
        before.joins, word.joins = False, True
    elif before.text in POWERS and word.text in MULTIPLIERS:
        word.joins = False


def _count_plainly(words: list[Word]) -> None:
    """Say single numerals in Japanese before counters that want it: ヒトハコ, フタフクロ."""
    for place, (word, counter) in enumerate(pairwise(words)):
        is_plain = (counter.text, counter.sound) in plainly_counted()
        if is_plain and word.is_number and counter.counts and begins_number(words, place):
            change_numeral(word, PLAIN)
