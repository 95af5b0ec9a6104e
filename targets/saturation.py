"""Whether INT8 products lose their largest values on this CPU."""

from __future__ import annotations

import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
X86 = frozenset({"x86_64", "amd64"})


def int8_saturates() -> bool:
    """Tell whether unsigned by signed INT8 products are cut off.

    x86 without VNNI adds two such products in 16 bits, which are too few. A CPU that cannot be
    asked (only Linux has `/proc/cpuinfo`) is taken for one without VNNI: slower, never wrong.
    """
    if platform.machine().lower() not in X86:
        return False
    try:
        return "vnni" not in CPUINFO.read_text()
    except OSError:
        return True
