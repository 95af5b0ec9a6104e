from __future__ import annotations

import pytest

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.alphabets import Alphabet, read_phones
from voicepack.runtime.text.symbols import symbol_table

SYMBOLS = symbol_table("v2")


@pytest.mark.parametrize(
    ("written", "phones"),
    [
        # One of each kind of spelling; the symbols are those voices were trained on.
        ("ma1", "m a1"),
        ("chong2 qing4", "ch ong2 q ing4"),
        ("zhi1 chi2 shi4 ri4", "zh ir1 ch ir2 sh ir4 r ir4"),
        ("zi3 ci2 si1", "z i03 c i02 s i01"),
        ("yu3 yuan2 yue4 yun2", "y v3 y van2 y ve4 y vn2"),
        ("ju1 quan2 xue2 jun1", "j v1 q van2 x ve2 j vn1"),
        ("yan2 ye4 you3 ying1 yong4", "y En2 y E4 y ou3 y ing1 y ong4"),
        ("nü3 lv4 lu:e4 nüe4 lu4", "n v3 l v4 l ve4 n ve4 l u4"),
        ("ai4 an1 er2 e2 o1 ou3", "AA ai4 AA an1 EE er2 EE e2 OO o1 OO ou3"),
        ("wu3 wei4 weng1", "w u3 w ei4 w eng1"),
        ("xiong1 zhuang4 de5", "x iong1 zh uang4 d e5"),
    ],
)
def test_pinyin_is_said_with_an_initial_and_a_final(written: str, phones: str) -> None:
    assert read_phones(written, Alphabet.PINYIN, SYMBOLS) == tuple(phones.split())


def test_arpabet_is_read_in_any_case() -> None:
    assert read_phones("n w ih1 n", Alphabet.ARPABET, SYMBOLS) == ("N", "W", "IH1", "N")


@pytest.mark.parametrize("written", ["N W IH N", "N7", "ㄱ", "UNK", "IH3"])
def test_what_is_no_arpabet_is_named(written: str) -> None:
    with pytest.raises(TextError, match=r"No ARPAbet: '(IH|N7|ㄱ|UNK|IH3)'.*CMUdict"):
        read_phones(written, Alphabet.ARPABET, SYMBOLS)


@pytest.mark.parametrize("written", ["chong", "chong6", "重", "xyz1", "2"])
def test_what_is_no_pinyin_is_named(written: str) -> None:
    with pytest.raises(TextError, match=rf"No pinyin: '{written}'.*tone, 1 to 5"):
        read_phones(written, Alphabet.PINYIN, SYMBOLS)


def test_a_syllable_that_mandarin_lacks_is_refused_with_what_is_near() -> None:
    with pytest.raises(TextError, match=r"'ueng1' \(did you mean"):
        read_phones("gueng1", Alphabet.PINYIN, SYMBOLS)


def test_symbols_of_any_language_are_read_as_they_are() -> None:
    phones = read_phones("k o [ N n i", Alphabet.VOICE, SYMBOLS)
    assert phones == ("k", "o", "[", "N", "n", "i")


def test_an_unknown_symbol_is_refused_with_what_is_near() -> None:
    with pytest.raises(TextError, match=r"'AH7' \(did you mean .*AH0"):
        read_phones("HH AH7", Alphabet.VOICE, SYMBOLS)


@pytest.mark.parametrize("alphabet", Alphabet)
def test_nothing_is_no_pronunciation(alphabet: Alphabet) -> None:
    with pytest.raises(TextError, match="No phones given"):
        read_phones("  ", alphabet, SYMBOLS)


def test_a_flood_of_phones_is_refused_before_any_is_looked_up() -> None:
    with pytest.raises(TextError, match="50000 phones for one word"):
        read_phones("x " * 50_000, Alphabet.VOICE, SYMBOLS)
