from __future__ import annotations

from pathlib import Path

import pytest

from voicepack.quantize.errors import QualityError
from voicepack.quantize.sentence_sets import SentenceUse, built_in_sentences, read_sentences
from voicepack.runtime.text.sentences import uncut_sentence
from voicepack.runtime.text.symbols import UNKNOWN, symbol_table


@pytest.mark.parametrize(
    ("language", "calibration", "check"),
    [("en", 40, 20), ("zh", 20, 10), ("ja", 20, 10), ("ko", 20, 10), ("yue", 20, 10)],
)
def test_every_language_has_sentences_and_none_serves_twice(
    language: str, calibration: int, check: int
) -> None:
    rehearsed = built_in_sentences(language, SentenceUse.CALIBRATION)
    asked = built_in_sentences(language, SentenceUse.CHECK)
    assert len(rehearsed) >= calibration
    assert len(asked) >= check
    assert len({*rehearsed, *asked}) == len(rehearsed) + len(asked)


@pytest.mark.parametrize("use", SentenceUse)
def test_english_sentences_can_be_said_in_full(use: SentenceUse) -> None:
    table = symbol_table("v2")
    for text in built_in_sentences("en", use):
        assert UNKNOWN not in uncut_sentence(text, "en", table).phones


def test_a_mode_of_several_languages_has_the_sentences_of_its_own() -> None:
    chinese = built_in_sentences("zh", SentenceUse.CHECK)
    assert built_in_sentences("auto", SentenceUse.CHECK) == chinese
    assert built_in_sentences("all_zh", SentenceUse.CHECK) == chinese


def test_another_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(QualityError, match="in 'tlh', only in en, ja, ko, yue, zh"):
        built_in_sentences("tlh", SentenceUse.CHECK)


def test_empty_lines_and_comments_are_no_sentences(tmp_path: Path) -> None:
    file = tmp_path / "sentences.txt"
    file.write_text("\ufeff# Ours\n\n  Hello.  \nWho is # there?\n", encoding="utf-8")
    assert read_sentences(file) == ("Hello.", "Who is # there?")


@pytest.mark.parametrize(
    ("content", "message"), [(b"# nothing\n", "holds no sentence"), (b"\xff\xfe", "UTF-8")]
)
def test_a_file_without_sentences_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "sentences.txt"
    file.write_bytes(content)
    with pytest.raises(QualityError, match=message):
        read_sentences(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QualityError, match="no sentences could be read"):
        read_sentences(tmp_path / "absent.txt")
