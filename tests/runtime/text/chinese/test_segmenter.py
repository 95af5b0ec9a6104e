"""Expected words and tags are those of jieba_fast 0.53, the segmenter that upstream calls."""

from __future__ import annotations

import pytest

from voicepack.runtime.text.chinese.dictionary import Dictionary
from voicepack.runtime.text.chinese.segmenter import Segmenter
from voicepack.runtime.text.chinese.subwords import Subwords

DICTIONARY = Dictionary()
SEGMENTER = Segmenter(DICTIONARY)
SUBWORDS = Subwords(DICTIONARY)


def cut(text: str) -> str:
    return " ".join(f"{word.text}/{word.tag}" for word in SEGMENTER.cut(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我们在北京大学学习语言学.", "我们/r 在/p 北京大学/nt 学习/v 语言学/n ./x"),
        ("看了杜拉拉升职记,", "看/v 了/ul 杜/nr 拉拉/nrt 升职/v 记/n ,/x"),
        ("视民不恌.", "视民/n 不/d 恌/yg ./m"),
        ("他说的确实在理!", "他/r 说/v 的/uj 确实/ad 在/p 理/n !/x"),
    ],
)
def test_sentences_are_cut_as_jieba_cuts_them(text: str, words: str) -> None:
    assert cut(text) == words


@pytest.mark.parametrize(
    ("word", "halves"),
    [
        ("纸老虎", ("纸", "老虎")),
        ("蒙古包", ("蒙古", "包")),
        ("最最最", ("最", "最最")),
        ("从金搒", ("从金搒", "")),
    ],
)
def test_words_are_halved_at_the_shortest_part_that_jieba_finds(
    word: str, halves: tuple[str, str]
) -> None:
    assert SUBWORDS.halves(word) == halves


def test_a_word_of_the_dictionary_is_told_from_the_beginning_of_one() -> None:
    assert "北京大学" in DICTIONARY
    assert "北京大" not in DICTIONARY
    assert DICTIONARY.tag("北京大") == "x"
