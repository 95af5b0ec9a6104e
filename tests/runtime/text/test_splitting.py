from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.text.splitting import Split, cut


@pytest.mark.parity
@pytest.mark.parametrize("split", Split)
def test_every_way_of_cutting_cuts_where_upstream_does(
    upstream_text: dict[str, Any], split: Split
) -> None:
    cases = upstream_text["split"][split.value]
    ours = ["\n".join(cut(case["text"], split)) for case in cases]
    assert ours == [case["out"] for case in cases]


def test_a_decimal_point_ends_no_clause() -> None:
    assert cut("It is 3.5 now. Yes!", Split.CUT5) == ["It is 3.5 now.", " Yes!"]


def test_full_stops_cut_but_decimal_points_do_not() -> None:
    assert cut("Version 2.5 is out. Get it.", Split.CUT4) == ["Version 2.5 is out", " Get it"]


def test_up_to_eight_clauses_stay_together_when_cut_by_four() -> None:
    assert cut("a,b,c,d,e,f,g,h.", Split.CUT1) == ["a,b,c,d,e,f,g,h."]
    assert cut("a,b,c,d,e,f,g,h,i.", Split.CUT1) == ["a,b,c,d,", "e,f,g,h,i."]


@pytest.mark.parametrize("split", Split)
@pytest.mark.parametrize("text", ["", "\n", "\n\n\n"])
def test_text_of_nothing_but_line_breaks_has_no_pieces(split: Split, text: str) -> None:
    assert cut(text, split) == []


@given(st.text(alphabet="ab1 ,.?!…-~:：，。？！;；、", min_size=1))
def test_cutting_at_clauses_loses_only_marks(text: str) -> None:
    def kept(text: str) -> str:
        return "".join(char for char in text if char in "ab1 ")

    assert kept("".join(cut(text, Split.CUT5))) == kept(text)
