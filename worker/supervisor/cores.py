"""How many processes this machine, or what a container may have of it, is good for."""

from __future__ import annotations

import math
import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_cores(quota: Path = QUOTA) -> int:
    """At least 1. A part of a core counts as one."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(affinity, _quota_cores(quota)))


def _quota_cores(quota: Path) -> int:
    """What the container's quota of processor time amounts to (cgroup v2: ``<microseconds|max> <period>``)."""
    try:
        allowed, period = quota.read_text().split()
        return math.ceil(int(allowed) / int(period))
    except (OSError, ValueError):
        return 1_000_000
