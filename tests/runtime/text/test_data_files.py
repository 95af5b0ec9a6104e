"""Data of a language that was removed to save room."""

from __future__ import annotations

import pytest

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.data_files import load_arrays, load_text


@pytest.mark.parametrize("load", [load_arrays, load_text])
def test_a_file_that_is_gone_is_named_with_what_to_do(load: object) -> None:
    assert callable(load)
    with pytest.raises(TextError, match=r"klingon\.npz: missing.*Install voicepack again"):
        load("klingon.npz")
