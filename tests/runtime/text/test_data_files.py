"""The archives of languages, and those that an installation leaves out to save room."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from voicepack.runtime.errors import TextError
from voicepack.runtime.text import data_files
from voicepack.runtime.text.data_files import load_arrays, load_text


@pytest.mark.parametrize("load", [load_arrays, load_text])
def test_a_file_that_is_gone_is_named_with_what_to_do(load: object) -> None:
    assert callable(load)
    with pytest.raises(
        TextError, match=r"klingon\.npz: missing.*Install a wheel of voicepack that has it"
    ):
        load("klingon.npz")


def test_the_bytes_of_numbers_are_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    stored = {
        "plain": np.array([1, 2], np.uint8),
        "counts.uint16": np.array([[0x34, 0xFF], [0x12, 0x00]], np.uint8),
        "costs.int16": np.array([[0, 1, 2, 0xFF], [0, 0, 0, 0xFF]], np.uint8),
        "half.float16": np.array([0x00, 0x3C], np.uint8),
    }
    with zipfile.ZipFile(tmp_path / "data" / "some.npz", "w") as archive:
        for name, array in stored.items():
            with archive.open(f"{name}.npy", "w") as file:
                np.save(file, array)
    monkeypatch.setattr(data_files, "files", lambda package: tmp_path)
    arrays = load_arrays("some.npz")
    assert {name: array.dtype.name for name, array in arrays.items()} == {
        "plain": "uint8",
        "counts": "uint16",
        "costs": "int16",
        "half": "float16",
    }
    assert arrays["plain"].tolist() == [1, 2]
    assert arrays["counts"].tolist() == [0x1234, 0xFF]
    assert arrays["costs"].tolist() == [0, -1, 1, -32768]
    assert arrays["half"].tolist() == 1.0
