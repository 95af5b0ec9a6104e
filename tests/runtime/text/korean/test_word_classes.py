from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicepack.runtime.text.korean.word_classes import divide, mark_word_classes


# As MeCab with mecab-ko-dic divides these, and g2pk2 marks them.
@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("3개를 살 것이다.", "3개/B를 살/E 것이다."),
        ("먹을 수 있을까 오늘 저녁", "먹을/E 수 있을까 오늘 저녁"),
        ("10분 뒤에", "10분/B 뒤에"),
        ("아기를 안고", "아기를 안/P고"),
    ],
)
def test_words_are_marked_as_mecab_divides_them(text: str, marked: str) -> None:
    assert mark_word_classes(text) == marked


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None), max_size=40))
def test_words_cover_all_but_spaces_in_order(text: str) -> None:
    ends = [word.end for word in divide(text)]
    assert ends == sorted(set(ends))
    assert not text.strip() or ends[-1] >= len(text.rstrip())
