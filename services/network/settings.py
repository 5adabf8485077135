"""What a process is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from clearing.errors import Malformed
from services.care_region.region_load import MAX_WAITING
from services.node.limits import ParkingLimits


@dataclass(frozen=True, slots=True)
class LogFaults:
    """How the log is to misbehave, for harnesses: one append in so many, by a seed."""

    seed: int
    repeat_every: int = 0
    unconfirmed_every: int = 0
    lose_every: int = 0


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """Where state lives, where the services listen, and how.

    A port of 0 is any free one. ``replaying`` lifts the check that business time is near the
    clock, and with it all looking at ages. ``rules`` is a folder of region folders instead of
    the packaged one; ``hosted_insured`` are the insured regions whose nodes this process has,
    ``None`` is all that have rules. A call whose answer depends on another node is answered
    *unknown* after ``answer_within_s``; ``max_waiting`` settle requests may wait for one region.
    """

    data: Path
    host: str = "127.0.0.1"
    care_port: int = 7610
    insured_port: int = 7620
    house_port: int = 7630
    replaying: bool = False
    partitions: int = 2
    rules: Path | None = None
    hosted_insured: tuple[str, ...] | None = None
    log_faults: LogFaults | None = None
    parking: ParkingLimits = field(default_factory=ParkingLimits)
    answer_within_s: float = 25.0
    max_waiting: int = MAX_WAITING


def parse_log_faults(text: str) -> LogFaults:
    """Read ``seed=7,repeat=20,unconfirmed=30,lose=40``. Raises ``Malformed``."""
    names = {"seed": "seed", "repeat": "repeat_every", "unconfirmed": "unconfirmed_every"}
    names["lose"] = "lose_every"
    values: dict[str, int] = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        if name not in names or not number.isdigit() or names[name] in values:
            raise Malformed(
                "log_faults",
                f"write seed=N,repeat=N,unconfirmed=N,lose=N; not {part!r}",
                f"日志故障参数无法识别: {part!r}",
                field="log_faults",
            )
        values[names[name]] = int(number)
    if "seed" not in values:
        raise Malformed("log_faults", "a seed is needed", "缺少 seed", field="log_faults")
    return LogFaults(**values)
