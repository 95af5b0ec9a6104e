from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.text.japanese.word_index import WordIndex

WORDS = st.lists(st.text("あい日", min_size=1, max_size=5), min_size=1, unique=True)


@given(WORDS, st.text("あい日本", max_size=300))
def test_every_word_of_a_text_is_found_where_it_stands(words: list[str], text: str) -> None:
    letters = np.frombuffer("".join(words).encode("utf-16-le"), np.uint16)
    index = WordIndex(letters, np.array([len(word) for word in words]))
    expected = [
        (start, end, words.index(text[start:end]))
        for start in range(len(text))
        for end in range(start + 1, min(start + 5, len(text)) + 1)
        if text[start:end] in words
    ]
    assert list(index.find(text)) == expected
