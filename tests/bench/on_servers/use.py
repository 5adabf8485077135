"""Processor time and memory of everything that takes part, by group of processes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.on_servers.servers import Servers

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
POSTGRES = "PostgreSQL"
BROKER = "broker"
LOAD = "load"


@dataclass(frozen=True, slots=True)
class Uses:
    """Processor seconds by group since they began, and the most memory held at once in MiB."""

    cpu_s: Mapping[str, float]
    peak_mib: Mapping[str, float] = field(default_factory=dict)

    def since(self, before: Uses) -> Uses:
        """Return what was used since an earlier look; the peaks are those known now."""
        spent = {name: value - before.cpu_s.get(name, 0) for name, value in self.cpu_s.items()}
        return Uses(spent, self.peak_mib)


def look(servers: Servers, roles: Mapping[str, Sequence[int]]) -> Uses:
    """Return what each group has used: the roles' processes, broker, database, this process.

    The database's memory is what its processes have for themselves and what they share once,
    summed up; its processor time includes sessions that have ended.
    """
    groups: dict[str, Sequence[int]] = {**roles, BROKER: [servers.broker_pid], LOAD: [os.getpid()]}
    cpu_s = {name: sum(map(_cpu_s, pids)) for name, pids in groups.items()}
    peak = {name: sum(map(_peak_mib, pids)) for name, pids in groups.items()}
    database = [servers.postmaster_pid, *_children(servers.postmaster_pid)]
    cpu_s[POSTGRES] = sum(map(_cpu_s, database)) + _ended_children_s(servers.postmaster_pid)
    peak[POSTGRES] = sum(map(_own_mib, database))
    return Uses(cpu_s, peak)


def _fields(pid: int) -> list[str]:
    """Return the fields of a process's state behind its name; none when it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_s(pid: int) -> float:
    found = _fields(pid)
    return (int(found[11]) + int(found[12])) * _TICK_S if found else 0.0


def _ended_children_s(pid: int) -> float:
    found = _fields(pid)
    return (int(found[13]) + int(found[14])) * _TICK_S if found else 0.0


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    except OSError:
        return []
    return [int(child) for child in text.split()]


def _peak_mib(pid: int) -> float:
    return _status_kib(pid, "VmHWM") / 1024


def _own_mib(pid: int) -> float:
    """Return the memory that is a process's share: what several share is divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _status_kib(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
