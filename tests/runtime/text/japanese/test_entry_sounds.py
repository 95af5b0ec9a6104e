from __future__ import annotations

import numpy as np

from voicepack.runtime.text.japanese.entry_sounds import AS_WRITTEN, BLOCK, Sounds, count_morae


def codes(letters: str) -> np.ndarray:
    return np.array([0 if letter == ":" else ord(letter) - BLOCK for letter in letters], np.uint8)


# アイ, アイス, as it is written, アイスル, ウ:エ
SOUNDS = Sounds(
    kept=np.array([0, 2, AS_WRITTEN, 3, 0], np.uint8),
    num_added=np.array([2, 1, 0, 1, 3], np.uint8),
    added=codes("アイスルウ:エ"),
)


def test_a_sound_begins_as_the_one_before_it() -> None:
    assert [SOUNDS.find(entry, "愛") for entry in (0, 1, 3)] == ["アイ", "アイス", "アイスル"]


def test_hiragana_may_sound_as_it_is_written() -> None:
    assert SOUNDS.find(2, "きゃっとゔ") == "キャットヴ"


def test_words_of_an_entry_stand_apart() -> None:
    assert SOUNDS.find(4, "上絵") == "ウ:エ"


def test_small_letters_but_the_doubling_one_are_no_mora() -> None:
    assert count_morae("キャッチー") == 4
    assert count_morae("") == 0
