"""A reader that is alone in its group, on the broker of the tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from clearing.ports import Reader
from tests.contracts.broker_server import broker_address, prefix_of

WITHIN_S = 30.0


@contextmanager
def lone_reader(folder: Path, gather_ms: int = 0) -> Iterator[tuple[BrokerLog, Reader]]:
    """Read the topic ``work`` of one partition from its beginning."""
    settings = BrokerSettings(broker_address(), prefix=prefix_of(folder))
    log = BrokerLog(settings, gather_ms=gather_ms)
    try:
        log.ensure_topic("work", 1)
        reader = log.join("group", "1", ["work"])
        deadline = time.monotonic() + WITHIN_S
        while not (given := reader.unplaced()) and time.monotonic() < deadline:
            time.sleep(0.02)
        reader.place(dict.fromkeys(given, 0))
        yield log, reader
    finally:
        log.close()


def take(reader: Reader, count: int) -> list[int]:
    """Read so many records; return how many came at a time."""
    parts: list[int] = []
    deadline = time.monotonic() + WITHIN_S
    while sum(parts) < count and time.monotonic() < deadline:
        records = reader.read(1_000, frozenset())
        if records:
            parts.append(len(records))
        time.sleep(0.01)
    return parts
