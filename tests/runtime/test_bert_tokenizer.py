"""Characters are numbered as transformers' BertTokenizer does, wherever it takes them singly."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicepack.runtime.bert_tokenizer import BertTokenizer
from voicepack.runtime.errors import TextError

pytestmark = pytest.mark.torch

transformers = pytest.importorskip("transformers")

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
ASCII = "".join(map(chr, range(33, 127))).lower()
SINGLE = ASCII + "一二三上下中国你好，。？！、…—·éßωя가あアㄅ々〇𠀀£€"
VOCABULARY = "\n".join((*WORDS, *dict.fromkeys(SINGLE), "##a", "##b", "ab", "12", "##中")) + "\n"
OURS = BertTokenizer.read(VOCABULARY, "test")
IDEOGRAPHS = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
NORMALIZED = st.text(st.one_of(IDEOGRAPHS, st.sampled_from("!?…,.-")))
"""What front ends make of Chinese: ideographs and six marks, whatever was written."""


@cache
def theirs() -> Any:
    words = {word: number for number, word in enumerate(VOCABULARY.split("\n")[:-1])}
    return transformers.BertTokenizer(vocab=words)


@given(NORMALIZED)
def test_normalized_chinese_has_the_numbers_of_transformers(text: str) -> None:
    assert OURS.ids(text).tolist() == theirs()(text)["input_ids"]


@settings(max_examples=1000)
@given(st.characters(exclude_categories=["Cs"]))
def test_a_character_that_is_one_token_has_the_number_of_transformers(character: str) -> None:
    expected = theirs()(character)["input_ids"]
    found = OURS.ids(character).tolist()
    assert found == expected or len(expected) != 3


@pytest.mark.parametrize("character", SINGLE)
def test_every_character_of_the_vocabulary_has_the_number_of_transformers(character: str) -> None:
    assert OURS.ids(character).tolist() == theirs()(character)["input_ids"]


@given(st.text(st.characters()))
def test_every_character_of_any_text_is_one_token(text: str) -> None:
    ids = OURS.ids(text)
    assert len(ids) == len(text) + 2
    assert (ids[0], ids[-1]) == (2, 3)
    assert ids.min() >= 0
    assert ids.max() < OURS.size


def test_letters_are_not_joined_to_words() -> None:
    ab = OURS.ids("ab").tolist()
    assert ab == [2, OURS.numbers["a"], OURS.numbers["b"], 3]
    assert theirs()("ab")["input_ids"] == [2, OURS.numbers["ab"], 3]


def test_what_is_no_token_for_transformers_stays_one_here() -> None:
    assert OURS.ids(" \n\x00\u0301\ud800").tolist() == [2, 1, 1, 1, 1, 1, 3]


def test_a_vocabulary_without_the_special_words_is_refused() -> None:
    with pytest.raises(TextError, match=r"none is \[CLS\] or \[UNK\]"):
        BertTokenizer.read("[SEP]\n一\n", str(Path("vocab.txt")))
