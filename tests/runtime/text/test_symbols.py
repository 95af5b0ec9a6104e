from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.symbols import symbol_table

SYMBOLS = symbol_table("v2")


@pytest.mark.parity
@pytest.mark.parametrize("table", ["v1", "v2"])
def test_symbols_are_numbered_as_upstream_numbers_them(
    upstream_symbols: dict[str, list[str]], table: str
) -> None:
    assert list(symbol_table(table).symbols) == upstream_symbols[table]


def test_the_first_table_has_322_symbols_and_the_second_732() -> None:
    assert len(symbol_table("v1").symbols) == 322
    assert len(symbol_table("v2").symbols) == 732


def test_hello_has_the_numbers_that_upstream_gives_it() -> None:
    ids = SYMBOLS.ids(("HH", "AH0", "L", "OW1"))
    assert ids.tolist() == [51, 12, 62, 68]
    assert ids.dtype == np.int64


def test_a_phone_the_table_lacks_becomes_unk() -> None:
    assert SYMBOLS.known(("AH0", "#", "L")) == ("AH0", "UNK", "L")
    assert SYMBOLS.ids(("#",)).tolist() == [86]


@given(st.lists(st.text(max_size=3)))
def test_no_phone_is_ever_dropped(phones: list[str]) -> None:
    assert len(SYMBOLS.ids(phones)) == len(phones)


@given(st.lists(st.sampled_from(SYMBOLS.symbols), min_size=1))
def test_phones_written_with_spaces_are_read_back(phones: list[str]) -> None:
    assert SYMBOLS.parse("  ".join(phones)) == tuple(phones)


def test_unknown_phones_are_all_named_with_what_was_meant() -> None:
    with pytest.raises(TextError, match=r"'HHH' \(did you mean HH.*'ah0' \(did you mean .*AH0"):
        SYMBOLS.parse("HHH ah0 L OW1")


def test_writing_no_phones_is_refused() -> None:
    with pytest.raises(TextError, match="No phones"):
        SYMBOLS.parse("  ")


def test_an_unknown_table_is_refused_by_name() -> None:
    with pytest.raises(TextError, match=r"'v9'.*v1, v2"):
        symbol_table("v9")


def test_tables_are_told_apart_by_their_hash() -> None:
    assert symbol_table("v1").sha256 != SYMBOLS.sha256
