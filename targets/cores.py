"""How many cores this process may really use."""

from __future__ import annotations

import os
from pathlib import Path

CGROUP_V2_QUOTA = Path("/sys/fs/cgroup/cpu.max")
CGROUP_V1_QUOTA = Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
CGROUP_V1_PERIOD = Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us")


def available_cores() -> int:
    """Count the cores that the scheduler and the container leave to this process, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quota = _quota_cores()
    cores = allowed or 1
    return max(1, min(cores, int(quota))) if quota is not None else cores


def default_threads() -> int:
    """Choose worker threads for one voice: the cores there are, but no more than four.

    Beyond four the decode step, which is bound by memory bandwidth, does not gain, and a fifth
    thread on a big.LITTLE part would land on a slow core and hold up the others.
    """
    return min(4, available_cores())


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
