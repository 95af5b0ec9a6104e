"""Array files: the round trip, stable bytes, and files made to harm."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from voicepack.runtime.arrays_file import load_arrays, save_arrays
from voicepack.runtime.errors import PackError

DTYPES = st.sampled_from([np.int64, np.float16, np.float32])
ARRAYS = st.dictionaries(
    st.text("abcdefgh_", min_size=1, max_size=8),
    DTYPES.flatmap(
        lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0))
    ),
    max_size=3,
)


def npy(header: str, data: bytes = b"") -> bytes:
    """An entry in version 1.0 of the .npy format with any header."""
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data


def npz(path: Path, entry: bytes, name: str = "a.npy", compression: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr(name, entry)
    return path


@given(arrays=ARRAYS)
def test_arrays_survive_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory, arrays: dict[str, np.ndarray]
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.npz"
    save_arrays(path, arrays)
    loaded = load_arrays(path)
    assert list(loaded) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(loaded[name], array, strict=True)


def test_numpy_reads_what_was_saved(tmp_path: Path) -> None:
    save_arrays(
        tmp_path / "a.npz", {"a": np.arange(6).reshape(2, 3).T, "b": np.array(2, np.float32)}
    )
    with np.load(tmp_path / "a.npz", allow_pickle=False) as loaded:
        assert loaded["a"].tolist() == [[0, 3], [1, 4], [2, 5]]
        assert loaded["b"] == 2


def test_what_numpy_saved_is_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.arange(3), b=np.zeros((0, 2), np.float32))
    loaded = load_arrays(tmp_path / "a.npz")
    assert loaded["a"].tolist() == [0, 1, 2]
    assert loaded["b"].shape == (0, 2)


def test_no_time_is_stored(tmp_path: Path) -> None:
    save_arrays(tmp_path / "a.npz", {"a": np.arange(3)})
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_loaded_arrays_can_be_written_to(tmp_path: Path) -> None:
    save_arrays(tmp_path / "a.npz", {"a": np.arange(3)})
    assert load_arrays(tmp_path / "a.npz")["a"].flags.writeable


def test_a_header_that_claims_more_than_there_is_costs_no_memory(tmp_path: Path) -> None:
    huge = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (100000000000, 1000), }\n")
    with pytest.raises(PackError, match="not an array file"):
        load_arrays(npz(tmp_path / "a.npz", huge))


def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"code": "runs"}], object), allow_pickle=True)
    with pytest.raises(PackError, match="not a plain array"):
        load_arrays(npz(tmp_path / "a.npz", buffer.getvalue()))


def test_compressed_entries_are_refused_for_they_may_be_bombs(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", a=np.zeros(1_000_000))
    with pytest.raises(PackError, match="claim more bytes than the file has"):
        load_arrays(tmp_path / "a.npz")
    np.savez_compressed(tmp_path / "b.npz", a=np.random.default_rng(0).random(100))
    with pytest.raises(PackError, match="not an array file"):
        load_arrays(tmp_path / "b.npz")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_arrays_of_one_name_are_refused(tmp_path: Path) -> None:
    entry = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", bytes(4))
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", entry)
        archive.writestr("a.npy", entry)
    with pytest.raises(PackError, match="two arrays of one name"):
        load_arrays(tmp_path / "a.npz")


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"\x93NUMPY\x02\x00\x00\x00\x00\x00",
        npy("{"),
        npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }\n", bytes(4)),
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }\n", bytes(4)),
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", bytes(4)),
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", bytes(5)),
    ],
)
def test_a_damaged_entry_is_refused(tmp_path: Path, entry: bytes) -> None:
    with pytest.raises(PackError, match="not an array file"):
        load_arrays(npz(tmp_path / "a.npz", entry))


def test_other_entries_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"'run.py' is not an uncompressed .npy entry"):
        load_arrays(npz(tmp_path / "a.npz", b"print()", "run.py"))


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.integers(0, 600))
def test_damage_of_any_kind_ends_in_a_pack_error_or_in_arrays(
    tmp_path_factory: pytest.TempPathFactory, position: int, bit: int, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    save_arrays(path, {"phones": np.arange(4), "embedding": np.ones(3, np.float32)})
    content = bytearray(path.read_bytes())
    content[position % len(content)] ^= 1 << bit
    path.write_bytes(content[: len(content) - cut] if cut < 300 else content)
    try:
        assert len(load_arrays(path)) <= 2
    except PackError:
        assert path.exists()
