"""People and days of the month, which have words of their own: ヒトリ, ツイタチ, ハツカ."""

from __future__ import annotations

from itertools import pairwise

from voicepack.runtime.text.japanese.dictionary import Kind
from voicepack.runtime.text.japanese.words import ADVERBIAL, Word, begins_number

Said = tuple[str, int, int]
"""Sound, accent and number of morae."""
KIND = Kind("名詞", ADVERBIAL, "*", "*", "*")
PERSON, DAY, DAYS, MONTH = "人", "日", "日間", "月"
PEOPLE: dict[str, Said] = {"一": ("ヒトリ", 2, 3), "二": ("フタリ", 3, 3)}
FIRST: Said = ("ツイタチ", 4, 4)
TWENTY: Said = ("ニジュー", 1, 3)
DATES: dict[str, Said] = {
    "一": ("イチニチ", 4, 4),
    "二": ("フツカ", 0, 3),
    "三": ("ミッカ", 0, 3),
    "四": ("ヨッカ", 0, 3),
    "五": ("イツカ", 0, 3),
    "六": ("ムイカ", 0, 3),
    "七": ("ナノカ", 0, 3),
    "八": ("ヨーカ", 0, 3),
    "九": ("ココノカ", 0, 4),
    "十": ("トーカ", 0, 3),
    "十四": ("ジューヨッカ", 1, 5),
    "二十": ("ハツカ", 0, 3),
}


def say_days(words: list[Word]) -> None:
    """Say people and days as Japanese does; words that are taken up lose their own sound.

    Source: Open JTalk 1.11, njd_set_digit.
    """
    for place, (word, counter) in enumerate(pairwise(words)):
        if word.is_number and counter.counts and begins_number(words, place):
            month = words[place - 1].text if place else ""
            said = _one_numeral(word.text, counter.text, month)
            if said is not None:
                _take_up(word, said, counter)
    for place in range(len(words) - 2):
        if place == 0 or not words[place - 1].is_number:
            _say_longer_date(words[place : place + 4])


def _one_numeral(numeral: str, counter: str, month: str) -> Said | None:
    if counter == PERSON:
        return PEOPLE.get(numeral)
    if counter == DAY and numeral == "一" and MONTH in month:
        return FIRST
    return _date(numeral, counter)


def _date(numeral: str, counter: str) -> Said | None:
    """Say a day of the month, or a number of days."""
    if numeral not in DATES or counter not in (DAY, DAYS):
        return None
    sound, accent, num_morae = DATES[numeral]
    if counter == DAY:
        return sound, accent, num_morae
    return sound + "カン", num_morae, num_morae + 2


def _say_longer_date(words: list[Word]) -> None:
    texts = [word.text for word in words]
    date = _date(texts[0] + texts[1], texts[2])
    if texts[:2] in (["十", "四"], ["二", "十"]) and date is not None:
        _take_up(words[0], date, *words[1:3])
    elif texts[:3] == ["二", "十", "四"]:
        days = _date("四", texts[3]) if len(texts) == 4 else None
        if days is not None:
            _take_up(words[0], TWENTY)
            _take_up(words[1], days, *words[2:])
            words[1].joins = False


def _take_up(word: Word, said: Said, *silenced: Word) -> None:
    word.text = "".join(part.text for part in (word, *silenced))
    word.kind, word.joining = KIND, "*"
    word.sound, word.accent, word.num_morae = said
    for part in silenced:
        part.sound = ""
