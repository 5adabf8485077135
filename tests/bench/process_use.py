"""What a process has used, as Linux tells it; ``None`` where the system doesn't say."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProcessUse:
    """Processor time and memory that a process holds now."""

    cpu_s: float | None
    resident_kib: int | None


def use_of(pid: int) -> ProcessUse:
    """Return what a running process has used so far."""
    folder = Path("/proc") / str(pid)
    try:
        stat = (folder / "stat").read_text(encoding="utf-8")
        status = (folder / "status").read_text(encoding="utf-8")
    except OSError:
        return ProcessUse(None, None)
    # Behind the name in brackets; user and system time are fields 14 and 15 of the line.
    fields = stat.rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    resident = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return ProcessUse(ticks / os.sysconf("SC_CLK_TCK"), int(resident[0]) if resident else None)


def machine_description() -> str:
    """Return cores, processor, system and Python in one line."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{usable} cores, {_processor()}, {platform.system()}, {python}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
