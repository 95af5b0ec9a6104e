from __future__ import annotations

import pytest

from voicepack.runtime.text.japanese import say


# What pyopenjtalk 0.4.1 with its dictionary (naist-jdic 1.11) says, through ESPnet's marks.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年", "n i [ s e ] N # n i ] j u u # y o ] n e N"),
        ("１２３４５", "i [ ch i m a ] N # n i [ s e ] N # s a ] N by a k u # y o ] N j u u # g o"),
        ("10000", "i [ ch i m a ] N"),
        ("1000000", "hy a [ k u m a ] N"),
        ("3・14", "s a [ N t e N # i [ ch i y o ] N"),
        ("八千", "h a [ cl s e ] N"),
        ("六百", "r o [ cl py a k u"),
    ],
)
def test_digits_are_one_number(text: str, expected: str) -> None:
    assert " ".join(say(text)) == expected


def test_digits_behind_a_zero_are_read_one_by_one() -> None:
    expected = "z e [ r o ky u ] u # r e ] e t e N # i [ ch i n i ] i # s a [ N y o ] N"
    assert " ".join(say("090・1234")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1本", "i [ cl ] p o N"),
        ("3本", "s a [ N ] b o N"),
        ("6本", "r o [ cl ] p o N"),
        ("七時九分", "sh i [ ch i ] j i # ky u [ u ] f u N"),
        ("四円", "y o ] e N"),
    ],
)
def test_numerals_and_counters_change_each_other(text: str, expected: str) -> None:
    assert " ".join(say(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4月1日", "sh i [ g a ts u # ts u [ i t a ch i"),
        ("1日", "i [ ch i n i ch i"),
        ("20日", "h a [ ts u k a"),
        ("2月14日", "n i [ g a ts u # j u ] u y o cl k a"),
        ("二十四日間", "n i ] j u u # y o [ cl k a ] k a N"),
        ("二人と三人", "f u [ t a r i ] t o # s a [ N ] n i N"),
    ],
)
def test_people_and_days_have_words_of_their_own(text: str, expected: str) -> None:
    assert " ".join(say(text)) == expected


def test_more_digits_than_there_are_powers_of_ten_are_said_all() -> None:
    assert say("8" * 73).count("ch") == 73
