"""Where the data files of the languages are; the scripts of tools/text_data make them."""

from __future__ import annotations

import sys
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from voicepack.runtime.errors import TextError

if TYPE_CHECKING:
    from importlib.abc import Traversable  # its home moves in Python 3.14


def load_arrays(name: str) -> dict[str, npt.NDArray[np.generic]]:
    """Read one of the archives of `runtime/text/data`, such as "english_lexicon.npz".

    Numbers of several bytes are stored with all lowest bytes first, which halves what most of them
    take on disk: the name "costs.int16" holds the bytes of the array "costs", uint8, (2, ...).
    Signed numbers are stored without their sign: 0, -1, 1, -2 as 0, 1, 2, 3.

    Raises:
        TextError: This installation does not have the file.
    """
    with _resource(name).open("rb") as file, np.load(file) as archive:
        return dict(_put_together(key, archive[key]) for key in archive.files)


def load_text(name: str) -> str:
    """Read one of the text files of `runtime/text/data`, such as "english_homographs.txt".

    Raises:
        TextError: This installation does not have the file.
    """
    return _resource(name).read_text(encoding="utf-8")


def _put_together(key: str, stored: npt.NDArray[np.generic]) -> tuple[str, npt.NDArray[np.generic]]:
    name, _, number = key.partition(".")
    if not number:
        return name, stored
    kind, shape = np.dtype(number), stored.shape[1:]
    in_order = stored if sys.byteorder == "little" else stored[::-1]
    together = np.ascontiguousarray(np.moveaxis(in_order, 0, -1))
    if kind.kind != "i":
        return name, together.view(kind).reshape(shape)
    unsigned = together.view(f"u{kind.itemsize}").reshape(shape)
    return name, (unsigned >> 1).view(kind) ^ -(unsigned & 1).view(kind)


def _resource(name: str) -> Traversable:
    resource = files("voicepack.runtime.text") / "data" / name
    if not resource.is_file():
        raise TextError(
            f"{resource}: missing, so this installation cannot speak its language. "
            "Install a wheel of voicepack that has it."
        )
    return resource
