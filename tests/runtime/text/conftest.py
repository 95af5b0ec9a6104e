"""What upstream's text front ends say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def upstream_text(reference_data: Path) -> dict[str, Any]:
    """Upstream's phones, segmentation and splitting; see the README beside the file."""
    text = (reference_data / "phones.json").read_text("utf-8")
    recorded: dict[str, Any] = json.loads(text)
    return recorded


@pytest.fixture(scope="session")
def upstream_symbols(reference_data: Path) -> dict[str, list[str]]:
    """Upstream's symbol tables, by id."""
    text = (reference_data / "symbols.json").read_text("utf-8")
    recorded: dict[str, list[str]] = json.loads(text)
    return recorded
