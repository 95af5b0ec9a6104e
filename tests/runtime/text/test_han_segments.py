from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from voicepack.runtime.text.han_segments import han_segments
from voicepack.runtime.text.scripts import Run, Script, has_kana


@dataclass(frozen=True)
class Scripted:
    """A judge for words with strokes between, each of which says what it is."""

    answers: Mapping[str, tuple[str, ...]]

    def words(self, text: str) -> list[str]:
        return text.split("'")

    def likely(self, word: str) -> tuple[str, ...]:
        return ("ja",) if has_kana(word) else self.answers.get(word, ())


def decided(answers: Mapping[str, tuple[str, ...]], *clauses: str) -> list[tuple[str, str]]:
    found = [Run(Script.HAN, clause, "，") for clause in clauses]
    return [(part.language, part.text) for part in han_segments(found, Scripted(answers))]


ZH, JA = ("zh",), ("ja",)


def test_what_no_judge_knows_is_chinese() -> None:
    assert decided({}, "一二三") == [("zh", "一二三，")]


def test_dialects_of_chinese_are_chinese() -> None:
    assert decided({"一二三": ("yue",), "四五六": ("wuu",)}, "一二三'四五六") == [
        ("zh", "一二三四五六，")
    ]


def test_a_short_word_between_long_ones_is_of_their_language() -> None:
    answers = {"一二三四": ZH, "五六": JA, "七八九十": ZH}
    assert decided(answers, "一二三四'五六'七八九十") == [("zh", "一二三四五六七八九十，")]


def test_an_unknown_word_follows_its_longer_neighbour() -> None:
    answers = {"一二三四": ZH, "七八": JA}
    assert decided(answers, "一二三四'五六'七八") == [
        ("zh", "一二三四五六"),
        ("ja", "七八，"),
    ]


def test_a_long_chinese_neighbour_takes_the_first_and_the_last_word() -> None:
    answers = {"一": JA, "二三四五六七": ZH, "八": JA}
    assert decided(answers, "一'二三四五六七'八") == [("zh", "一二三四五六七八，")]


def test_kana_in_chinese_is_japanese() -> None:
    answers = {"一二三四五六七八九十": ZH}
    assert decided(answers, "一二三四五六七八九十'の'一二三四五六七八九十") == [
        ("zh", "一二三四五六七八九十"),
        ("ja", "の"),
        ("zh", "一二三四五六七八九十，"),
    ]


def test_much_japanese_makes_a_little_chinese_japanese() -> None:
    japanese = "いろはにほへとちりぬるをわかよたれそつねならむ"
    assert decided({"一二": ZH, "三": JA}, japanese, "一二", japanese) == [
        ("ja", f"{japanese}，一二，{japanese}，")
    ]


@pytest.mark.parametrize("answer", [ZH, JA])
def test_a_word_alone_is_what_the_judge_says(answer: tuple[str, ...]) -> None:
    assert decided({"一二": answer}, "一二") == [(answer[0], "一二，")]
