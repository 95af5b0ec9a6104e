from __future__ import annotations

from voicepack.runtime.text.japanese.kana import PHONES, morae, spell


def test_a_small_kana_belongs_to_the_one_before_it() -> None:
    assert morae("キャッチー") == ["キャ", "ッ", "チ", "ー"]


def test_morae_end_where_katakana_ends() -> None:
    assert morae("カ漢カ") == ["カ"]


def test_each_mora_is_a_vowel_with_or_without_a_consonant_before_it() -> None:
    assert PHONES["キャ"] == ("ky", "a")
    assert PHONES["ヂ"] == ("j", "i")
    assert PHONES["ヲ"] == ("o",)
    assert PHONES["ン"] == ("N",)
    assert {phones[-1] for phones in PHONES.values()} == {*"aiueoN", "cl"}


def test_words_are_spelled_by_kana_and_letters_alone() -> None:
    assert spell("きゃｗ漢ヴァ") == "キャダブリューヴァ"
