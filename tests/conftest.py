"""Fixtures that tests of several packages share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of what upstream computes; the test is skipped where it is absent."""
    folder = REPOSITORY / os.environ.get("VOICEPACK_REFERENCE", "../shared/reference")
    if not (folder / "v2").is_dir():
        pytest.skip(f"no reference data in {folder}; VOICEPACK_REFERENCE names its folder")
    return folder
