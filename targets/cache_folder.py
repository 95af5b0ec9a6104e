"""Where work is kept that would take long to do again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder of this program in the user's cache; it need not exist.

    Source: XDG Base Directory Specification: `$XDG_CACHE_HOME` where it is an absolute path, or
    else `~/.cache`.
    """
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    base = chosen if chosen.is_absolute() else Path.home() / ".cache"
    return base / "voicepack"
