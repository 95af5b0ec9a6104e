"""Named arrays in one `.npz` file: the same bytes every time, and safe to read from strangers."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voicepack.runtime.errors import PackError

Array = npt.NDArray[Any]

_DAMAGED = (OSError, ValueError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile)
"""What `zipfile` and NumPy raise on bytes that are not theirs."""


# What NumPy writes for numbers in C order: version 1.0, then a Python literal, then spaces. NumPy's
# own reader is not used, for it lets errors of Python's tokenizer out and takes negative sizes.
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<dtype><[fi][248])', 'fortran_order': False, "
    rb"'shape': \((?P<shape>|\d+,|\d+(?:, \d+)+)\), \} *\n",
    re.DOTALL,
)


def save_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write `arrays` to a new file, uncompressed and with constant timestamps."""
    with path.open("wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            # Named by a ZipInfo, the entry is dated 1980 and not now.
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asarray(array, order="C"), allow_pickle=False)


def load_arrays(path: Path) -> dict[str, Array]:
    """Read every array of a file, and never more bytes than the file has.

    `np.load` would believe the header: a small file could ask for any amount of memory.

    Raises:
        PackError: The file is damaged, compressed, or holds anything but plain arrays.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > path.stat().st_size:
                raise ValueError("its entries claim more bytes than the file has")
            arrays = {e.filename.removesuffix(".npy"): _read(archive, e) for e in entries}
    except _DAMAGED as error:
        raise PackError(
            f"{path}: not an array file of a voice pack ({error}). Get the pack again."
        ) from error
    if len(arrays) != len(entries):
        raise PackError(f"{path}: two arrays of one name. Get the pack again.")
    return arrays


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Array:
    if entry.compress_type != zipfile.ZIP_STORED or not entry.filename.endswith(".npy"):
        raise ValueError(f"{entry.filename!r} is not an uncompressed .npy entry")
    content = archive.read(entry)
    header = _HEADER.match(content)
    if header is None:
        raise ValueError(f"{entry.filename!r} is not a plain array of numbers in C order")
    dtype, shape = np.dtype(header["dtype"].decode()), header["shape"].decode()
    sizes = tuple(int(size) for size in shape.split(",") if size)
    # A copy, for arrays over bytes are read-only. Refuses bytes that do not fill the shape.
    return np.frombuffer(content[header.end() :], dtype).reshape(sizes).copy()
