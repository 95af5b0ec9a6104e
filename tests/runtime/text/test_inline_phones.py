from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from work_done import grows_linearly

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.inline_phones import read_inline_phones
from voicepack.runtime.text.parts import GivenPhones, Part, written
from voicepack.runtime.text.symbols import symbol_table

SYMBOLS = symbol_table("v2")
NWIN = GivenPhones("N W IH1 N", ("N", "W", "IH1", "N"))


def parts(text: str) -> list[Part]:
    return [part for part in read_inline_phones(text, SYMBOLS) if part]


def test_phones_between_brackets_are_a_part() -> None:
    assert parts("We met [[N W IH1 N]] there.") == ["We met ", NWIN, " there."]


def test_phones_stand_beside_each_other_and_at_the_edges() -> None:
    assert parts("[[N W IH1 N]][[ N  W IH1 N ]]") == [NWIN, NWIN]


def test_a_bracket_may_be_a_phone() -> None:
    (part,) = parts("[[k o [ N ] ]]")
    assert isinstance(part, GivenPhones)
    assert part.phones == ("k", "o", "[", "N", "]")


@pytest.mark.parametrize("text", ["a [[b", "a ]] b", "[ [N] ]", "a[i[0]", "[[\n]]"])
def test_brackets_that_do_not_close_in_their_line_are_text(text: str) -> None:
    assert written(parts(text)) == text


def test_a_backslash_keeps_brackets_as_text() -> None:
    assert written(parts(r"See \[[Berlin]] and [[N W IH1 N]]")) == "See [[Berlin]] and N W IH1 N"


def test_a_word_that_is_no_phone_is_refused_with_the_way_out() -> None:
    with pytest.raises(TextError, match=r"Between \[\[ and \]\].*'Berlin'.*read as text"):
        parts("See [[Berlin]].")


@pytest.mark.parametrize("pattern", ["[", "[[", "\\[[", "[[\n"])
def test_brackets_without_end_are_read_with_linear_work(pattern: str) -> None:
    text = (pattern * 100_000)[:100_000]
    assert all(isinstance(part, str) for part in parts(text + "]"))
    assert grows_linearly(parts, pattern, 1000)


@given(st.text(alphabet=st.sampled_from("a [\\\n。")))
@example("[[\\[[")
def test_text_that_closes_nothing_is_left_as_it_is(text: str) -> None:
    assert written(parts(text)) == text.replace("\\[[", "[[")
