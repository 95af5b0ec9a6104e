"""The parts of the demo voice's recipe that need none of its dependencies."""

from __future__ import annotations

import numpy as np
import pytest
from endings import end_error, has_bad_end
from phone_alignment import align_tokens, silence
from semantic_codes import CODES, encode, phones_of
from sentences import held_out_sentences, number_in_words, training_sentences
from token_grid import PHONES, place_on_grid

from voicepack.runtime.text.symbols import symbol_table
from voicepack.runtime.utterance import Trace

ON = ("AA1", "N", ".")
SAID = ["k", "ih", "ch", "ax", "n", "l", "ay", "t", "s"]
WANTED = ["K", "IH1", "CH", "AH0", "N", "L", "AY1", "T", "S", "."]


def tokens(*phones: str) -> np.ndarray:
    """Say each phone for one token, the first of its codes."""
    return np.array([CODES.index((PHONES.index(phone), 0, level_of(phone))) for phone in phones])


def level_of(phone: str) -> int:
    return min(code[2] for code in CODES if PHONES[code[0]] == phone)


def trace_of(*sentences: tuple[list[str], list[str]]) -> Trace:
    trace = Trace()
    for symbols, said in sentences:
        ids = np.array(symbol_table("v2").ids(tuple(symbols)))
        trace.end_sentence(phone_ids=ids, tokens=tokens(*said))
    return trace


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (SAID, 0.25),  # festival's ax is near our AH0, and marks are not said
        ([*SAID, "pau", "pau"], 0.25),
        (SAID[:-3], 3.25),  # the end is skipped
        ([*SAID, "l", "ay", "t", "s"], 4.25),  # the end is said again
        (["s", "ih", *SAID[3:]], 0.25),  # the beginning is wrong
    ],
)
def test_phones_that_are_skipped_or_repeated_at_the_end_are_counted(
    said: list[str], error: float
) -> None:
    assert end_error(WANTED, said) == error


def test_one_bad_end_of_many_sentences_is_a_bad_end() -> None:
    good, bad = (WANTED, SAID), (WANTED, SAID[:-4])
    assert not has_bad_end(trace_of(good, good))
    assert has_bad_end(trace_of(good, bad))
    assert has_bad_end(trace_of(bad, good))


def test_numbers_are_spelled_as_one_says_them() -> None:
    said = [number_in_words(number) for number in (0, 13, 40, 86, 100, 215)]
    assert said == [
        "zero",
        "thirteen",
        "forty",
        "eighty six",
        "one hundred",
        "two hundred fifteen",
    ]


def test_sentences_to_learn_from_are_different_and_not_held_out() -> None:
    composed = training_sentences(300, seed=5)
    assert composed == training_sentences(300, seed=5)
    assert len({sentence.lower() for sentence in composed}) == 300
    held_out = {sentence.lower() for sentence in held_out_sentences()}
    assert held_out.isdisjoint(sentence.lower() for sentence in composed)


def test_speech_on_the_grid_is_read_back_from_its_codes() -> None:
    spoken = ("pau", "l", "ay", "t", "s", "pau")
    grid = place_on_grid(spoken, (0.2, 0.25, 0.45, 0.5, 0.6, 0.9), np.full(180, 175.0), 0.005)
    assert tuple(phones_of(encode(grid))) == spoken
    # 7 cycles of 175 Hz in a token of 40 ms, where there is a voice.
    assert set(grid.cycles[np.isin(grid.phones, [PHONES.index("l"), PHONES.index("ay")])]) == {7}
    assert not grid.cycles[grid.phones == PHONES.index("s")].any()


def test_tokens_point_to_the_phones_they_say() -> None:
    assert align_tokens(ON, tokens("pau", "aa", "n", "pau")).tolist() == [0, 0, 1, 2]


def test_silence_begins_once_and_then_alternates() -> None:
    assert [CODES[code][1] for code in silence(5)] == [0, 1, 2, 1, 2]


def test_words_misheard_are_counted_as_edits() -> None:
    pytest.importorskip("soundfile", reason="the recipe's evaluation reads sound files")
    pytest.importorskip("soxr", reason="the recipe's evaluation resamples")
    from word_errors import word_error_rate, word_errors

    assert word_errors("Turn left in two hundred meters.", "turn left into hundred meters") == 2
    assert word_error_rate(["a b c d", "e"], ["a b d", "f"]) == 2 / 5
