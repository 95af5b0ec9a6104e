from __future__ import annotations

import numpy as np

from voicepack.runtime.text.word_trie import WordTrie

# "ab" with one entry, "abc" with two, "ad" with one; "a" is no word.
TRIE = WordTrie(
    np.array([ord(letter) for letter in "abcd"], np.uint16),
    np.array([1, 2, 3, 2], np.uint8),
    np.array([0, 1, 2, 1], np.uint8),
)


def test_every_word_of_a_text_is_found_with_its_entries() -> None:
    assert list(TRIE.find("xabcad")) == [
        (1, 3, range(1)),
        (4, 6, range(3, 4)),
        (1, 4, range(1, 3)),
    ]


def test_a_word_that_the_text_cuts_off_is_not_found() -> None:
    assert list(TRIE.find("a")) == []
    assert list(TRIE.find("")) == []


def test_letters_beyond_the_basic_plane_are_no_letters_of_words() -> None:
    beyond = chr(0x10000 + ord("a"))
    assert list(TRIE.find(f"{beyond}b")) == []
