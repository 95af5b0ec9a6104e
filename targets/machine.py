"""What this machine is, as far as choosing a target needs to know."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path

DEVICE_TREE_MODEL = Path("/proc/device-tree/model")
CPUINFO = Path("/proc/cpuinfo")
ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}
"""Other names of the same architectures -> the name Linux uses."""


@dataclass(frozen=True)
class Machine:
    """A computer that may speak."""

    architecture: str
    """Such as "x86_64" or "aarch64"."""
    name: str
    """Board and processor, such as "Raspberry Pi 5 Model B Rev 1.0"; may be empty."""


def this_machine() -> Machine:
    """Look at the machine we run on. What cannot be read stays empty."""
    reported = platform.machine().lower()
    names = (_board(), _processor())
    return Machine(
        architecture=ARCHITECTURES.get(reported, reported),
        name=", ".join(name for name in names if name),
    )


def _board() -> str:
    return _read(DEVICE_TREE_MODEL).rstrip("\0").strip()


def _processor() -> str:
    for line in _read(CPUINFO).splitlines():
        field, _, value = line.partition(":")
        if field.strip() == "model name":
            return value.strip()
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # another operating system, or a container that hides it
