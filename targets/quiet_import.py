"""Imports an engine without letting it report home."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType


def import_quietly(name: str) -> ModuleType:
    """Import an engine.

    openvino 2026 tells Google Analytics each time it is imported, and leaves an identifier in the
    user's home. It does neither where the package that sends is missing, so that is what it sees. A
    program that imported openvino before us made its own choice.

    Args:
        name: Such as "openvino".

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return importlib.import_module(name)
