"""Where the data files of the languages are; the scripts of tools/text_data make them."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from voicepack.runtime.errors import TextError

if TYPE_CHECKING:
    from importlib.abc import Traversable  # its home moves in Python 3.14


def load_arrays(name: str) -> dict[str, npt.NDArray[np.generic]]:
    """Read one of the archives of `runtime/text/data`, such as "english_lexicon.npz".

    Raises:
        TextError: The file was removed from this installation.
    """
    with _resource(name).open("rb") as file, np.load(file) as archive:
        return {key: archive[key] for key in archive.files}


def load_text(name: str) -> str:
    """Read one of the text files of `runtime/text/data`, such as "english_homographs.txt".

    Raises:
        TextError: The file was removed from this installation.
    """
    return _resource(name).read_text(encoding="utf-8")


def _resource(name: str) -> Traversable:
    resource = files("voicepack.runtime.text") / "data" / name
    if not resource.is_file():
        raise TextError(
            f"{resource}: missing, so this installation cannot speak its language. "
            "Install voicepack again."
        )
    return resource
