from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from work_done import grows_linearly

from voicepack.runtime.text.modes import MODES
from voicepack.runtime.text.scripts import Script, runs
from voicepack.runtime.text.segmentation import segments


def planned(text: str, mode: str) -> list[tuple[str, str]]:
    return [(segment.language, segment.text) for segment in segments(text, MODES[mode])]


def recorded(upstream_text: dict[str, Any], key: str) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (case["text"], [(segment["lang"], segment["text"]) for segment in case[key]])
        for cases in upstream_text["mixed"].values()
        for case in cases
    ]


@pytest.mark.parity
def test_mixed_text_is_told_apart_as_upstream_does(upstream_text: dict[str, Any]) -> None:
    pytest.importorskip("budoux")
    pytest.importorskip("fasttext")
    cases = recorded(upstream_text, "segments")
    assert [(text, planned(text, "auto")) for text, _ in cases] == cases


@pytest.mark.parity
def test_english_is_told_from_the_rest_as_upstream_does(upstream_text: dict[str, Any]) -> None:
    cases = recorded(upstream_text, "segments_zh")
    assert [(text, planned(text, "all_zh")) for text, _ in cases] == cases


def test_english_alone_is_not_told_apart() -> None:
    assert planned(" Say 你好! ", "en") == [("en", " Say 你好! ")]


@pytest.mark.parametrize("language", ["zh", "ja", "ko", "yue"])
def test_what_is_not_english_is_in_the_language_asked_for(language: str) -> None:
    assert planned("我说hello，안녕です。", language) == [
        (language, "我说"),
        ("en", "hello，"),
        (language, "안녕です。"),
    ]


def test_cantonese_takes_the_place_of_chinese() -> None:
    assert planned("我说hello。", "auto_yue") == [("yue", "我说"), ("en", "hello。")]


def test_a_number_is_in_the_language_of_the_words_beside_it() -> None:
    assert planned("iPhone 15 is out", "zh") == [("en", "iPhone 15 is out")]
    assert planned("买15台", "zh") == [("zh", "买15台")]
    assert planned("5 apples", "zh") == [("en", "5 apples")]
    assert planned("apples 5", "zh") == [("en", "apples 5")]
    assert planned("123", "ja") == [("ja", "123")]


def test_a_number_between_two_languages_goes_with_the_longer_text() -> None:
    assert planned("我们买iPad 2吧", "zh") == [("zh", "我们买"), ("en", "iPad 2"), ("zh", "吧")]
    assert planned("用T60可以", "zh") == [("zh", "用"), ("en", "T"), ("zh", "60可以")]


def test_a_number_after_a_stop_goes_with_what_follows() -> None:
    assert planned("I agree.5个人", "zh") == [("en", "I agree."), ("zh", "5个人")]


def test_a_number_that_ends_in_a_full_stop_goes_with_what_precedes() -> None:
    assert planned("选5.very long words", "zh") == [("zh", "选5."), ("en", "very long words")]


def test_numbers_are_never_english_where_all_is_one_language() -> None:
    assert planned("iPhone 15 is out", "all_zh") == [
        ("en", "iPhone "),
        ("zh", "15 "),
        ("en", "is out"),
    ]


@pytest.mark.parametrize("sign", ["℃", "→", "😀", "/", "Привет", "\u0645\u0631\u062d\u0628\u0627"])
@pytest.mark.parametrize("mode", ["zh", "all_zh", "auto"])
def test_signs_belong_to_the_words_before_them(sign: str, mode: str) -> None:
    assert planned(f"现在25{sign}很热", mode) == [("zh", f"现在25{sign}很热")]
    assert planned(f"{sign}现在", mode) == [("zh", f"{sign}现在")]


def test_words_with_accents_are_english() -> None:
    assert planned("去café吧", "zh") == [("zh", "去"), ("en", "café"), ("zh", "吧")]


def test_a_chinese_sentence_is_never_taken_for_japanese() -> None:
    text = "内容: 自动下载, 修复bug和训练"
    assert planned(text, "auto") == [
        ("zh", "内容: 自动下载, 修复"),
        ("en", "bug"),
        ("zh", "和训练"),
    ]


def test_marks_are_kept_and_belong_to_what_they_follow() -> None:
    assert planned("“好，”OK！（是）", "zh") == [("zh", "“好，”"), ("en", "OK！（"), ("zh", "是）")]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", ["", " ", "...", "\n", "😀", "\ud800", "\u200f", "_"])
def test_text_without_words_is_one_segment(text: str, mode: str) -> None:
    assert len(planned(text, mode)) == 1


MIXED_TEXT = st.text(alphabet="aZé你说語のア한ㅋ5٣。.,' \t\n/😀Я\ud800\x00々-—", max_size=40)


@settings(deadline=None)
@given(st.text() | MIXED_TEXT, st.sampled_from(sorted(MODES)))
def test_segments_are_the_text_and_change_the_language(text: str, mode: str) -> None:
    found = planned(text, mode)
    expected = text if mode == "en" else text.strip()
    assert "".join(part for _, part in found) == expected
    languages = [language for language, _ in found]
    assert all(before != after for before, after in pairwise(languages))
    assert set(languages) <= {"en", "ja", "ko", "yue", "zh"}


@settings(deadline=None)
@given(MIXED_TEXT)
def test_han_in_a_text_of_no_kana_and_one_surely_chinese_character_is_chinese(text: str) -> None:
    mixed = "说" + "".join(char for char in text if char not in "のア々語")
    for segment in segments(mixed, MODES["auto"]):
        if any(run.script is Script.HAN for run in runs(segment.text)[1]):
            assert segment.language == "zh"


@pytest.mark.parametrize("mode", ["auto", "zh"])
@pytest.mark.parametrize(
    "pattern", ["a", "5", "你の", "語気，", "語a5の,", "😀", "''", "한 5", " ", "1."]
)
def test_long_text_is_planned_with_linear_work(pattern: str, mode: str) -> None:
    assert segments((pattern * 20_000)[:20_000], MODES[mode])
    assert grows_linearly(lambda text: segments(text, MODES[mode]), pattern, 400)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["auto", "zh"])
@pytest.mark.parametrize("pattern", ["a你", "a5", "你の", "語a5の,"])
def test_text_of_100_000_characters_is_planned(pattern: str, mode: str) -> None:
    assert segments((pattern * 100_000)[:100_000], MODES[mode])
