from __future__ import annotations

import pytest

from voicepack.runtime.text.english.corrections import load
from voicepack.runtime.text.symbols import symbol_table

FRONT_END = load(symbol_table("v2"))


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("to record it", "R IH0 K AO1 R D"),
        ("a record here", "R EH1 K ER0 D"),
        ("Close the door", "K L OW1 Z DH"),
        ("it is close", "K L OW1 S"),
        ("I read books", "R IY1 D"),
        ("I have read books", "R EH1 D"),
        ("will quickly present it", "P R IY0 Z EH1 N T"),
        ("a present for you", "P R EH1 Z AH0 N T"),
        ("we use it", "Y UW1 Z"),
        ("the use of it", "Y UW1 S"),
        ("he was content", "K AH0 N T EH1 N T"),
        ("the content is", "K AA1 N T EH0 N T"),
        ("it is very complex", "K AH0 M P L EH1 K S"),
        ("the housing complex", "K AA1 M P L EH0 K S"),
        ("he projects it", "P R AA0 JH EH1 K T S"),
        ("the projects", "P R AA1 JH EH0 K T S"),
        ("he learned it", "L ER1 N D"),
    ],
)
def test_a_homograph_is_said_by_its_neighbours(text: str, phones: str) -> None:
    assert phones in " ".join(FRONT_END.pronounce(text).phones)
