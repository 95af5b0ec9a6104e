"""Fixtures of the compiler's tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from voicepack.export.synthesizer import Synthesizer


@pytest.fixture(scope="session")
def upstream_synthesizer(reference_data: Path) -> Callable[[str], Synthesizer]:
    """Builds the synthesizer of a reference checkpoint, by generation, once."""
    from voicepack.export.checkpoint import open_sovits
    from voicepack.export.synthesizer import build_synthesizer

    @cache
    def build(generation: str) -> Synthesizer:
        (path,) = (reference_data / generation).glob("sovits*.pth")
        return build_synthesizer(open_sovits(path))

    return build
