"""The technologies behind the log port: its contracts run against all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.embedded.log import EmbeddedLog
from clearing.ports import Log
from tests.contracts.twins import SetClock


@dataclass(frozen=True, slots=True)
class LogTwin:
    """One way to keep messages. ``open`` finds again what was kept in the same folder."""

    open: Callable[[Path, SetClock], Log]


LOGS: Mapping[str, LogTwin] = {
    "embedded": LogTwin(lambda folder, clock: EmbeddedLog(folder / "log.sqlite", clock)),
}
