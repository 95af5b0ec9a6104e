from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from work_done import grows_linearly

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.lexicon import NO_WORDS, Lexicon
from voicepack.runtime.text.lexicon_file import load_lexicon, parse_lexicon
from voicepack.runtime.text.parts import GivenPhones, Part, ReadAs, written
from voicepack.runtime.text.symbols import symbol_table

SYMBOLS = symbol_table("v2")


def lexicon(toml: str) -> Lexicon:
    return parse_lexicon(toml.encode(), "my.toml", SYMBOLS)


NAMES = lexicon("""
[en]
Nguyen = "W IH1 N"
"Nguyen Street" = "W IH1 N S T R IY1 T"
Marx = "M AA1 R K S"
"Node.js" = "N OW1 D JH EY1 EH1 S"
US = "Y UW1 EH1 S"
"café" = "K AE0 F EY1"

[zh]
"重庆" = { pinyin = "chong2 qing4" }
"重庆大学" = { pinyin = "chong2 qing4 da4 xue2" }
GPT = { say = "G P T" }
""")


def found(text: str, language: str, words: Lexicon = NAMES) -> list[str]:
    parts = words.apply((text,), language)
    return [part.text for part in parts if not isinstance(part, str)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nguyen met NGUYEN and nguyen.", ["Nguyen", "NGUYEN", "nguyen"]),
        ("Nguyens, Nguyen2, xNguyen, Nguyenó", []),
        ("(Nguyen)Nguyen-Nguyen_", ["Nguyen", "Nguyen", "Nguyen"]),
        ("On Nguyen Street, not Nguyen Streets", ["Nguyen Street", "Nguyen"]),
        ("I use Node.js.", ["Node.js"]),
        ("us, Us, US", ["US"]),
        ("O'Marx, Marx'll", []),
        ("'Marx' and ‘Marx’", ["Marx", "Marx"]),
        ("Café, cafe\u0301, cafés", ["Café"]),
        ("我认识Nguyen吗", ["Nguyen"]),
        ("重庆", []),
    ],
)
def test_english_words_are_found_whole_and_in_any_case(text: str, words: list[str]) -> None:
    assert found(text, "en") == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我住在重庆市。", ["重庆"]),
        ("重庆大学在重庆", ["重庆大学", "重庆"]),
        ("重庆重庆", ["重庆", "重庆"]),
        ("我用GPT说话, gpt", ["GPT"]),
        ("Nguyen在重庆", ["Nguyen", "重庆"]),
    ],
)
def test_chinese_words_are_found_without_spaces_and_the_longest_first(
    text: str, words: list[str]
) -> None:
    assert found(text, "zh") == words


@pytest.mark.parametrize("mode", ["auto", "auto_yue"])
def test_a_text_of_any_languages_has_the_words_of_all(mode: str) -> None:
    assert found("Nguyen在重庆", mode) == ["Nguyen", "重庆"]


def test_a_text_in_japanese_has_no_chinese_words() -> None:
    assert found("Nguyen在重庆", "ja") == ["Nguyen"]


def test_the_language_of_the_text_says_a_word_that_two_know() -> None:
    both = lexicon('[en]\nGPT = "N"\n[zh]\nGPT = "n"')
    assert both.apply(("GPT",), "zh")[1] == GivenPhones("GPT", ("n",), "zh")
    assert both.apply(("GPT",), "en")[1] == GivenPhones("GPT", ("N",), "en")


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("Nguyen's", "W IH1 N Z"),  # after a voiced sound
        ("MARX’S", "M AA1 R K S AH0 Z"),  # after a hissing sound
    ],
)
def test_an_english_possessive_is_said(text: str, phones: str) -> None:
    (owner,) = (part for part in NAMES.apply((text,), "en") if part)
    assert owner == GivenPhones(text, tuple(phones.split()), "en")


def test_a_voiceless_end_takes_a_voiceless_possessive() -> None:
    words = lexicon('[en]\nZork = "Z AO1 R K"')
    (owner,) = (part for part in words.apply(("Zork's",), "en") if part)
    assert isinstance(owner, GivenPhones)
    assert owner.phones == ("Z", "AO1", "R", "K", "S")


def test_parts_with_a_pronunciation_keep_it() -> None:
    given_phones = GivenPhones("Nguyen", ("N",))
    assert NAMES.apply((given_phones,), "en") == (given_phones,)


def test_a_later_lexicon_overrides_an_earlier_one() -> None:
    later = lexicon('[en]\nNGUYEN = "N UW1 Y EH0 N"\nZork = "Z"\n[ja]\n"箸" = "h a"')
    joined = NAMES.overridden_by(later)
    assert found("nguyen NGUYEN Marx zork", "en", joined) == ["NGUYEN", "Marx", "zork"]
    assert found("箸", "ja", joined) == ["箸"]


def test_a_word_may_be_read_as_other_text() -> None:
    assert NAMES.apply(("GPT",), "zh")[1] == ReadAs("GPT", "G P T", "zh")


def test_phones_of_a_word_are_those_of_the_file() -> None:
    assert NAMES.apply(("重庆",), "zh")[1] == GivenPhones("重庆", ("ch", "ong2", "q", "ing4"), "zh")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('[en]\nCat = "K AE T"', r"\[en\] 'Cat': .*'AE' \(did you mean"),
        ('[en]\nCat = ""', "'Cat': No phones given"),
        ("[en]\nCat = 3", "'Cat': expected phones in quotes, or one of .*say"),
        ('[en]\nCat = { ipa = "k" }', "'Cat': expected phones in quotes.*pinyin.*ipa"),
        ('[en]\nCat = { say = "" }', "'Cat': expected phones in quotes"),
        ('[en]\nCat = "K"\ncat = "K"', "'cat': the same word as 'Cat'"),
        ('[en]\nCat = "K"\nCat = "K"\n', r"not TOML: .*line 3"),
        ('[en]\n"" = "K"', "not a word of 1 to 64 characters"),
        ('[en]\n" a" = "K"', "not a word of 1 to 64 characters"),
        ('[en]\n"a\\u0000" = "K"', "not a word of 1 to 64 characters"),
        ('[zh]\n重庆 = "ch"', "not TOML: .*line 2.*has quotes too"),
        ('[tlh]\nqapla = "K"', r"\[tlh\]: not a language of this voice; those are .*\bko\b"),
        ('Cat = "K"', r"\[Cat\]: not a language of this voice"),
        ('en = "K"', "en: expected a table of words"),
        ('[zh]\n"好" = { pinyin = "hao" }', "'好': No pinyin: 'hao'"),
        ("[" * 100_000, "not TOML"),
    ],
    ids=str,
)
def test_a_lexicon_with_a_fault_is_refused_with_its_place(toml: str, message: str) -> None:
    with pytest.raises(TextError, match=rf"(?s)my\.toml: .*{message}"):
        lexicon(toml)


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(TextError, match=r"(?s)'Cat'.*'Dog'"):
        lexicon('[en]\nCat = "KK"\nDog = "DD"')


def test_a_voice_without_phones_for_a_language_takes_no_words_of_it() -> None:
    with pytest.raises(
        TextError, match=r"\[ko\]: not a language of this voice; those are .*\bja\b"
    ):
        parse_lexicon('[ko]\n"값" = "ㄱ"'.encode(), "my.toml", symbol_table("v1"))


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text('[en]\nCat = "K AE1 T"', "utf-8-sig")
    assert found("cat", "en", load_lexicon(file, SYMBOLS)) == ["cat"]


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_bytes("[en]\n# é".encode("latin-1"))
    with pytest.raises(TextError, match="not UTF-8"):
        load_lexicon(file, SYMBOLS)


@pytest.mark.parametrize("word", ["nguyen ", "重庆", "Nguyen's"])
def test_many_words_are_found_with_linear_work(word: str) -> None:
    text = (word * 100_000)[:100_000]
    assert written(NAMES.apply((text,), "zh")) == text
    assert grows_linearly(lambda text: NAMES.apply((text,), "zh"), word, 1000)


@given(st.lists(st.sampled_from(["Nguyen", "'s", "重庆", "大学", "US", " ", "x", "İ", "."])))
def test_no_text_is_lost(pieces: list[str]) -> None:
    text = "".join(pieces)
    for language in ("en", "zh", "auto"):
        assert written(NAMES.apply((text,), language)) == text


@given(st.text())
def test_without_words_text_stays_as_it_is(text: str) -> None:
    parts: tuple[Part, ...] = (text,)
    assert NO_WORDS.apply(parts, "en") == parts
