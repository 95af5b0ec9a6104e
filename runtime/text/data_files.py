"""Where the data files of the languages are; the scripts of tools/text_data make them."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import numpy.typing as npt


def load_arrays(name: str) -> dict[str, npt.NDArray[np.generic]]:
    """Read one of the archives of `runtime/text/data`, such as "english_lexicon.npz"."""
    resource = files("voicepack.runtime.text") / "data" / name
    with resource.open("rb") as file, np.load(file) as archive:
        return {key: archive[key] for key in archive.files}


def load_text(name: str) -> str:
    """Read one of the text files of `runtime/text/data`, such as "english_homographs.txt"."""
    return (files("voicepack.runtime.text") / "data" / name).read_text(encoding="utf-8")
