"""Writes the archives that `voicepack.runtime.text.data_files` reads."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same arrays give the same file on any day."""


def write_archive(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays, as small as the reader can take them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            stored_name, stored = take_apart(name, array)
            entry = zipfile.ZipInfo(f"{stored_name}.npy", EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                np.lib.format.write_array(file, stored, allow_pickle=False)


def take_apart(name: str, array: Array) -> tuple[str, Array]:
    """Lay the bytes of numbers apart, the lowest of all numbers first; signs become lowest bits."""
    size = array.dtype.itemsize
    if array.dtype.kind not in "iuf" or size == 1:
        return name, array
    bits = array.astype(array.dtype.newbyteorder("<"), order="C")
    if array.dtype.kind == "i":
        bits = (bits << 1) ^ (bits >> (8 * size - 1))
    planes = np.moveaxis(bits.reshape(*array.shape, 1).view(np.uint8), -1, 0)
    return f"{name}.{array.dtype.name}", np.ascontiguousarray(planes)


def by_frequency(values: Array) -> tuple[Array, npt.NDArray[np.uint16]]:
    """Number the values of an array, the most frequent first.

    Returns:
        The values, and for each element of the array the number of its value.
    """
    known, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    numbers = np.empty(len(known), np.uint16)
    numbers[order] = np.arange(len(known), dtype=np.uint16)
    return known[order], numbers[places.reshape(values.shape)]
