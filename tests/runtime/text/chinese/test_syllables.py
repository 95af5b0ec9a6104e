from __future__ import annotations

import pytest

from voicepack.runtime.text.chinese.syllables import symbols_of
from voicepack.runtime.text.symbols import symbol_table


@pytest.mark.parametrize(
    ("initial", "final", "symbols"),
    [
        ("", "a", "AA a1"),
        ("", "er", "EE er1"),
        ("", "ou", "OO ou1"),
        ("", "i", "y i1"),
        ("", "ing", "y ing1"),
        ("", "ian", "y En1"),
        ("", "ie", "y E1"),
        ("", "iou", "y ou1"),
        ("", "u", "w u1"),
        ("", "uei", "w ei1"),
        ("", "van", "y van1"),
        ("", "ve", "y ve1"),
        ("zh", "i", "zh ir1"),
        ("s", "i", "s i01"),
        ("j", "i", "j i1"),
        ("j", "v", "j v1"),
        ("g", "uei", "g ui1"),
        ("l", "iou", "l iu1"),
        ("d", "uen", "d un1"),
        ("l", "ve", "l ve1"),
    ],
)
def test_syllables_have_the_symbols_that_voices_learned(
    initial: str, final: str, symbols: str
) -> None:
    assert " ".join(symbols_of(initial, final, "1")) == symbols


def test_both_tables_hold_the_symbols() -> None:
    for table in ("v1", "v2"):
        found = symbols_of("zh", "uang", "5")
        assert symbol_table(table).known(found) == found
