"""Keeps OpenVINO from the instructions that are slower than the ones before them."""

from __future__ import annotations

import os
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
MAX_ISA = "ONEDNN_MAX_CPU_ISA"
"""Environment variable of oneDNN, which OpenVINO reads once, when it first loads a graph.

Source: oneDNN developer guide, "CPU dispatcher control"."""
BELOW_AMX = "AVX512_CORE_BF16"


def avoid_slow_int8() -> None:
    """Leave AMX out where the CPU has it: its INT8 convolutions take five to six times as long.

    Measured with OpenVINO 2026.4 on a vocoder. What the user set stays. It holds for the process:
    a voice in half precision that is loaded later does without AMX too.
    """
    if _has_amx():
        os.environ.setdefault(MAX_ISA, BELOW_AMX)


def _has_amx() -> bool:
    try:
        return "amx_int8" in CPUINFO.read_text()
    except OSError:
        return False  # only Linux has the file
