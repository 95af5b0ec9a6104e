"""How many cores this process may really use."""

from __future__ import annotations

import os
from pathlib import Path

CPU_FOLDER = Path("/sys/devices/system/cpu")
CGROUP_V2_QUOTA = Path("/sys/fs/cgroup/cpu.max")
CGROUP_V1_QUOTA = Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
CGROUP_V1_PERIOD = Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us")


def available_cores() -> int:
    """Count the cores that the scheduler and the container leave to this process, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quota = _quota_cores()
    cores = allowed or 1
    return max(1, min(cores, int(quota))) if quota is not None else cores


def fast_cores() -> tuple[int, ...]:
    """Name the fast cores of a processor that has two kinds; of any other, none.

    Linux tells the relative capacity of each core on ARM only. Elsewhere all cores are alike to us.
    """
    found = {int(path.parent.name[3:]): path for path in CPU_FOLDER.glob("cpu[0-9]*/cpu_capacity")}
    capacities = {core: _number(path) for core, path in found.items()}
    fastest = max(capacities.values(), default=0)
    fast = tuple(sorted(core for core, capacity in capacities.items() if capacity == fastest))
    return fast if len(fast) < len(capacities) else ()


def default_threads() -> int:
    """Choose worker threads for one voice: the fast cores there are, but no more than four.

    Beyond four the decode step, which is bound by memory bandwidth, does not gain, and a thread on
    a slow core holds up the others.
    """
    cores = min(4, available_cores())
    return min(cores, len(fast_cores())) or cores


def _quota_cores() -> float | None:
    """Read the container's CPU quota in cores; None without one."""
    try:
        if CGROUP_V2_QUOTA.exists():
            quota, period = CGROUP_V2_QUOTA.read_text().split()[:2]
        else:
            quota, period = CGROUP_V1_QUOTA.read_text(), CGROUP_V1_PERIOD.read_text()
        return None if quota == "max" or int(quota) <= 0 else int(quota) / int(period)
    except (OSError, ValueError):
        return None  # no such files, or a form we do not know: the affinity alone decides


def _number(path: Path) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0  # a core that was switched off meanwhile
