"""What the scripts store, the runtime reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from archive import by_frequency, write_archive
from folding import fold_costs, trie_arrays
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from voicepack.runtime.text import data_files
from voicepack.runtime.text.data_files import load_arrays
from voicepack.runtime.text.neighbour_costs import unfold_costs
from voicepack.runtime.text.word_trie import WordTrie

KINDS = st.sampled_from(["?", "u1", "i1", "u2", "i2", "u4", "i4", "i8", "f2", "f8"])
ARRAYS = KINDS.flatmap(
    lambda kind: st_numpy.arrays(kind, st_numpy.array_shapes(min_dims=0, min_side=0, max_side=4))
)
TABLES = st_numpy.arrays(np.int16, st_numpy.array_shapes(min_dims=2, max_dims=2, max_side=6))
WORDS = st.dictionaries(st.text("あい日", min_size=1, max_size=5), st.integers(1, 3), min_size=1)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(data_files, "files", lambda package: tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_arrays_are_read_as_they_were_written(data: Path) -> None:
    @settings(max_examples=60)
    @given(ARRAYS)
    def law(array: npt.NDArray[np.generic]) -> None:
        write_archive(data / "a.npz", {"array": array})
        read = load_arrays("a.npz")["array"]
        assert (read.dtype, read.shape) == (array.dtype, array.shape)
        assert read.tobytes() == array.tobytes()

    law()


def test_the_same_arrays_give_the_same_file(data: Path) -> None:
    for name in ("a.npz", "b.npz"):
        write_archive(data / name, {"array": np.arange(9)})
    assert (data / "a.npz").read_bytes() == (data / "b.npz").read_bytes()


@given(TABLES)
def test_a_table_of_costs_is_unfolded_as_it_was(costs: npt.NDArray[np.int16]) -> None:
    folded = fold_costs(costs)
    unfolded = unfold_costs(folded["costs_folded"], folded["like_row"], folded["like_column"])
    assert unfolded.tolist() == costs.tolist()


def test_rows_that_differ_by_a_number_take_no_room() -> None:
    row = np.random.default_rng(0).integers(-900, 900, 30)
    folded = fold_costs((row + np.array([[0], [5], [-7]])).astype(np.int16))["costs_folded"]
    assert np.count_nonzero(folded[1:]) <= 2


@given(WORDS, st.text("あい日本", max_size=60))
def test_every_word_of_a_text_is_found_where_it_stands(words: dict[str, int], text: str) -> None:
    arrays = trie_arrays(words)
    letters = arrays["alphabet"][arrays["letters"]]
    first = 0
    entries = {}
    for word in sorted(words):
        entries[word] = range(first, first + words[word])
        first += words[word]
    expected = [
        (start, start + length, entries[text[start : start + length]])
        for length in range(1, 6)
        for start in range(len(text) - length + 1)
        if text[start : start + length] in words
    ]
    trie = WordTrie(letters, arrays["depths"], arrays["num_entries"])
    assert list(trie.find(text)) == expected


def test_values_are_numbered_by_frequency() -> None:
    values, numbers = by_frequency(np.array([7, 3, 3, 9, 3, 9]))
    assert values.tolist() == [3, 9, 7]
    assert numbers.tolist() == [2, 0, 0, 1, 0, 1]
