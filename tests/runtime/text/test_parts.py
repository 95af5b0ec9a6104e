from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.text.parts import GivenPhones, Part, ReadAs, fold, written

HELLO = GivenPhones("HH AH0 L OW1", ("HH", "AH0", "L", "OW1"))
TEL = ReadAs("555", "five five five", "en")

PUBLIC = st.characters(exclude_categories=("Co", "Cs"))
PARTS = st.lists(st.text(PUBLIC, min_size=1, max_size=8) | st.sampled_from([HELLO, TEL]))


def test_a_character_and_fillers_stand_for_an_insert_of_the_same_length() -> None:
    folded = fold(["Call ", TEL, ", ", TEL, "."])
    assert len(folded.text) == len("Call 555, 555.")
    assert folded.text.isprintable() is False
    assert list(folded.inserts.values()) == [TEL]


def test_a_piece_of_the_text_unfolds_into_its_parts() -> None:
    folded = fold(["Call ", TEL, ", say ", HELLO, "!"])
    first, second = folded.text.split(",")
    assert list(folded.unfold(first)) == ["Call ", TEL]
    assert list(folded.unfold(second)) == [" say ", HELLO, "!"]


def test_private_use_characters_of_the_text_stand_for_nothing() -> None:
    folded = fold(["a\U000f0001b", HELLO])
    assert list(folded.unfold(folded.text)) == ["a b", HELLO]


def test_the_written_text_is_that_of_the_parts() -> None:
    assert written(["Call ", TEL, "."]) == "Call 555."


@given(PARTS)
def test_unfolding_gives_back_what_was_folded(parts: list[Part]) -> None:
    folded = fold(parts)
    unfolded = list(folded.unfold(folded.text))
    assert written(unfolded) == written(parts)
    assert [p for p in unfolded if not isinstance(p, str)] == [
        p for p in parts if not isinstance(p, str)
    ]
