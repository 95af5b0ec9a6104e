"""Measures a pack in a process of its own, so that its memory is not mixed up with another's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from voicepack.runtime.errors import EdgeError


class MeasuringError(EdgeError):
    """A pack whose speed could not be measured."""


def measure_in_fresh_process(pack: Path, options: Sequence[str]) -> dict[str, Any]:
    """Run `voicepack bench PACK --json` and return what it prints, by name.

    Args:
        pack: The pack's folder.
        options: Further options of the command.

    Raises:
        MeasuringError: It failed; carries its message.
    """
    command = [sys.executable, "-m", "voicepack.runtime", "bench", str(pack), "--json", *options]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise MeasuringError(f"{pack}: its speed could not be measured. {result.stderr.strip()}")
    figures: dict[str, Any] = json.loads(result.stdout)
    return figures
