"""The technologies behind the log port: its contracts run against all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from adapters.embedded.log import EmbeddedLog
from adapters.embedded.memory import MemoryBroker, MemoryLog
from clearing.ports import Log
from tests.contracts.broker_server import broker_address, prefix_of
from tests.contracts.twins import SetClock


@dataclass(frozen=True, slots=True)
class LogTwin:
    """One way to keep messages. ``open`` finds again what was kept in the same folder.

    One that isn't ``durable`` keeps messages as long as the process lives.
    """

    open: Callable[[Path, SetClock], Log]
    follows_the_clock: bool = True
    """Whether logged time is that of the clock it was opened with, and not a broker's own."""

    examples: int = 60
    """How many examples of a property are worth their time."""

    durable: bool = True


def _on_broker(folder: Path, clock: SetClock) -> Log:
    del clock
    settings = BrokerSettings(
        broker_address(),
        prefix=prefix_of(folder),
        session_timeout_ms=3_000,
        heartbeat_interval_ms=500,
    )
    return BrokerLog(settings)


_BROKERS: dict[Path, MemoryBroker] = {}


def _in_memory(folder: Path, clock: SetClock) -> Log:
    return MemoryLog(_BROKERS.setdefault(folder, MemoryBroker()), clock)


LOGS: Mapping[str, LogTwin] = {
    "embedded": LogTwin(lambda folder, clock: EmbeddedLog(folder / "log.sqlite", clock)),
    "broker": LogTwin(_on_broker, follows_the_clock=False, examples=3),
    "memory": LogTwin(_in_memory, durable=False),
}

LOG_NAMES = [
    pytest.param(name, marks=pytest.mark.broker) if name == "broker" else pytest.param(name)
    for name in LOGS
]
"""What a test is parametrised with; those on a broker run by themselves."""

DURABLE_LOG_NAMES = [each for each in LOG_NAMES if LOGS[str(each.values[0])].durable]
