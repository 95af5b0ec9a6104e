"""The tables with which the host embeds phones and tokens for text2semantic."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voicepack.runtime.arrays_file import load_arrays, save_arrays
from voicepack.runtime.errors import PackError
from voicepack.runtime.phones import FloatArray

FEATURE_SIZE = 1024
"""Width of the BERT features."""

_NUM_AXES = {
    "phone": 2,
    "token": 2,
    "feature_weight": 2,
    "feature_bias": 1,
    "text_position_scale": 0,
    "token_position_scale": 0,
}


@dataclass(frozen=True)
class EmbeddingTables:
    """Weights of text2semantic that stay outside its graph."""

    phone: FloatArray
    """float32, (num_phones, width)."""
    token: FloatArray
    """float32, (vocabulary, width). The last row, the end of speech, is never looked up."""
    feature_weight: FloatArray
    """float32, (1024, width): features @ feature_weight + feature_bias."""
    feature_bias: FloatArray
    """float32, (width,): added to every phone, with features or without."""
    text_position_scale: float
    """What upstream calls alpha, of the phones' positions."""
    token_position_scale: float
    """The same of the tokens' positions."""

    @property
    def width(self) -> int:
        """Channels of text2semantic."""
        return int(self.phone.shape[1])

    def save(self, path: Path, dtype: npt.DTypeLike) -> None:
        """Write the tables.

        Args:
            path: A new `.npz` file.
            dtype: float32 or float16, as they are stored; they are always read as float32.

        Raises:
            PackError: A number is not finite, or not in `dtype`.
        """
        # A number too large for float16 becomes infinite here, and `_checked` says so.
        with np.errstate(over="ignore"):
            stored = {name: np.asarray(getattr(self, name), dtype) for name in _NUM_AXES}
        _checked(stored, path)
        save_arrays(path, stored)

    @staticmethod
    def load(path: Path) -> EmbeddingTables:
        """Read the tables.

        Raises:
            PackError: The file is damaged, or its arrays do not fit together.
        """
        arrays = _checked(load_arrays(path), path)
        return EmbeddingTables(
            phone=arrays["phone"],
            token=arrays["token"],
            feature_weight=arrays["feature_weight"],
            feature_bias=arrays["feature_bias"],
            text_position_scale=float(arrays["text_position_scale"]),
            token_position_scale=float(arrays["token_position_scale"]),
        )


def _checked(arrays: dict[str, npt.NDArray[np.generic]], path: Path) -> dict[str, FloatArray]:
    """Return the tables as float32, or raise a PackError that names all their faults."""
    faults = []
    for name, num_axes in _NUM_AXES.items():
        array = arrays.get(name)
        if array is None:
            faults.append(f"{name} is missing")
        elif array.dtype not in (np.float16, np.float32) or array.ndim != num_axes:
            faults.append(f"{name} is {array.dtype} {array.shape}, not floats of {num_axes} axes")
        elif not np.isfinite(array).all():
            faults.append(f"{name} holds numbers that are not finite")
    if not faults:
        faults = _shape_faults(arrays)
    if faults:
        raise PackError(f"{path}: {'; '.join(faults)}. Export the voice again.")
    return {name: arrays[name].astype(np.float32) for name in _NUM_AXES}


def _shape_faults(arrays: dict[str, npt.NDArray[np.generic]]) -> list[str]:
    width = arrays["phone"].shape[1]
    expected = {
        "token": (arrays["token"].shape[0], width),
        "feature_weight": (FEATURE_SIZE, width),
        "feature_bias": (width,),
    }
    return [
        f"{name} has shape {arrays[name].shape}, expected {shape}"
        for name, shape in expected.items()
        if arrays[name].shape != shape
    ]
