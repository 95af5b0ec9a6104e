from __future__ import annotations

import pytest

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.modes import MODES, mode_of, modes_of
from voicepack.runtime.text.symbols import symbol_table

V1, V2 = symbol_table("v1"), symbol_table("v2")


def test_voices_of_v2_have_every_mode_of_upstream() -> None:
    assert set(modes_of(V2)) == {
        *("auto", "auto_yue", "en", "zh", "ja", "yue", "ko"),
        *("all_zh", "all_ja", "all_yue", "all_ko"),
    }


def test_voices_of_v1_have_the_modes_upstream_gives_them() -> None:
    assert set(modes_of(V1)) == {"auto", "en", "zh", "ja", "all_zh", "all_ja"}


@pytest.mark.parametrize("language", ["ko", "yue", "all_ko", "all_yue", "auto_yue"])
def test_korean_and_cantonese_are_refused_to_voices_of_v1(language: str) -> None:
    with pytest.raises(TextError, match=rf"'{language}' has no phones in symbol table v1.*en, ja"):
        mode_of(language, V1)


@pytest.mark.parametrize("language", ["", "EN", "all_en", "fr", "\ud800"])
def test_an_unknown_mode_is_refused_with_those_there_are(language: str) -> None:
    with pytest.raises(TextError, match=r"not known; there are en, ja, ko, yue, zh, .*auto_yue"):
        mode_of(language, V2)


def test_each_language_is_a_mode_of_its_name() -> None:
    assert {mode.language for mode in MODES.values()} == set(V2.languages)
    assert all(MODES[code].language == code for code in V2.languages)
