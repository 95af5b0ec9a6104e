from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.text.scripts import Run, Script, has_kana, runs

ANY_SCRIPT = st.text(alphabet="aé你ア한㐀5٣。,' \t\n/😀Я\ud800\x00ㅋ〇々-", max_size=30)


def test_each_script_is_a_run_with_the_marks_after_it() -> None:
    assert runs("“你好, world 5! 안녕 😀") == (
        "“",
        [
            Run(Script.HAN, "你好", ", "),
            Run(Script.LATIN, "world", " "),
            Run(Script.DIGIT, "5", "! "),
            Run(Script.HANGUL, "안녕 ", ""),
            Run(Script.OTHER, "😀", ""),
        ],
    )


def test_a_stroke_inside_a_word_belongs_to_it() -> None:
    assert runs("it's 'so'")[1] == [
        Run(Script.LATIN, "it's", " '"),
        Run(Script.LATIN, "so'", ""),
    ]


def test_a_word_with_a_latin_letter_is_latin_whatever_else_it_has() -> None:
    assert [run.script for run in runs("±café℃ ± Привет ｅ")[1]] == [
        Script.LATIN,
        Script.OTHER,
        Script.OTHER,
        Script.LATIN,
    ]


def test_rare_characters_and_single_letters_count_as_what_they_are() -> None:
    for text in ("〇", "㐀", "𠮷", "々", "ｱ"):
        assert [run.script for run in runs(text)[1]] == [Script.HAN]
    assert [run.script for run in runs("ㅋㅋ")[1]] == [Script.HANGUL]


def test_kana_and_the_sign_of_repetition_are_japanese() -> None:
    assert [has_kana(text) for text in ("你好", "人々", "のど", "ﾃｽﾄ", "")] == [
        *(False, True, True, True, False)
    ]


@given(st.text() | ANY_SCRIPT)
def test_runs_are_the_whole_text(text: str) -> None:
    lead, found = runs(text)
    assert lead + "".join(run.text + run.marks for run in found) == text
    assert all(run.text for run in found)
