from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.text.han_judge import HanJudge, ScriptJudge, han_judge, is_surely_chinese

HAN_AND_KANA = st.text(alphabet="你好日本语語気の々アー中・ 國'", min_size=1, max_size=20)


def trained() -> HanJudge:
    pytest.importorskip("budoux")
    pytest.importorskip("fasttext")
    from voicepack.runtime.text.trained_han_judge import load

    return load()


def test_characters_of_one_language_tell_it() -> None:
    judge = ScriptJudge()
    assert judge.likely("语言") == ("zh",)
    assert judge.likely("空気") == ("ja",)
    assert judge.likely("まいご") == ("ja",)


def test_characters_of_both_tell_nothing() -> None:
    assert ScriptJudge().likely("中国") == ()
    assert ScriptJudge().likely("语気") == ()


def test_a_text_is_surely_chinese_if_japanese_could_not_write_it() -> None:
    assert is_surely_chinese("他说OK")
    assert not is_surely_chinese("中国")
    assert not is_surely_chinese("他说さようなら")
    assert not is_surely_chinese("")


def test_without_its_packages_the_trained_judge_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "budoux", None)
    monkeypatch.delitem(sys.modules, "voicepack.runtime.text.trained_han_judge", raising=False)
    han_judge.cache_clear()
    try:
        assert isinstance(han_judge(), ScriptJudge)
    finally:
        han_judge.cache_clear()


def test_the_trained_judge_knows_the_languages_of_whole_sentences() -> None:
    judge = trained()
    assert judge.likely("今天天气怎么样")[0] == "zh"
    assert judge.likely("東京都知事選挙の結果")[0] == "ja"


@pytest.mark.parametrize("judge", [ScriptJudge, trained])
@given(text=HAN_AND_KANA)
def test_words_are_the_whole_text(judge: type[HanJudge], text: str) -> None:
    words = judge().words(text) if judge is ScriptJudge else han_judge().words(text)
    assert "".join(words) == text
    assert all(words)
