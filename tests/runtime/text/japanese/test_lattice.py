from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from voicepack.runtime.text.japanese.characters import UnknownWords
from voicepack.runtime.text.japanese.dictionary import load_dictionary
from voicepack.runtime.text.japanese.lattice import BORDER, cut_into_words

DICTIONARY = load_dictionary()
TEXTS = st.text("あのでったコー日本人一", min_size=1, max_size=5)


@settings(deadline=None)
@given(TEXTS)
def test_words_together_are_the_text(text: str) -> None:
    assert "".join(word for word, _ in cut_into_words(text, DICTIONARY)) == text


@settings(deadline=None, max_examples=30)
@given(TEXTS)
def test_no_other_way_through_the_words_costs_less(text: str) -> None:
    entries = [entry for _, entry in cut_into_words(text, DICTIONARY)]
    assert cost(entries) == cheapest_by_search(text)


def test_letters_that_are_no_word_are_taken_as_one() -> None:
    assert [word for word, _ in cut_into_words("ｚｑｘｗｊが", DICTIONARY)] == ["ｚｑｘｗｊ", "が"]


def prices(entry: int) -> tuple[int, int, int]:
    """Left context, right context and cost of an entry."""
    found = DICTIONARY.prices(np.array([entry]))
    return int(found.left[0]), int(found.right[0]), int(found.alone[0])


def cost(entries: list[int]) -> int:
    total, context = 0, BORDER
    for left, right, alone in map(prices, entries):
        total += connection(context, left) + alone
        context = right
    return total + connection(context, BORDER)


def connection(right: int, left: int) -> int:
    return int(DICTIONARY.connections[left, right])


def cheapest_by_search(text: str) -> int:
    known, unknown = DICTIONARY.words_in(text), UnknownWords(text, DICTIONARY)

    @cache
    def rest(place: int, context: int) -> int:
        if place == len(text):
            return connection(context, BORDER)
        ways = [*known[place], *unknown.at(place, bool(known[place]))]
        return min(
            connection(context, left) + alone + rest(end, right)
            for end, entries in ways
            for left, right, alone in map(prices, entries)
        )

    return rest(0, BORDER)
