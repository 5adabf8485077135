"""A reader that gathers fetches what came meanwhile together, and nothing much later."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from adapters.broker.log import BrokerLog
from adapters.broker.settings import BrokerSettings
from clearing.ports import NewRecord, Reader
from tests.contracts.broker_server import broker_address, prefix_of
from tests.effort import thorough_only

pytestmark = [pytest.mark.broker, thorough_only]

GATHER_MS = 1_000
LONG_MS = 4_500
WITHIN_S = 30.0


@contextmanager
def _reader(folder: Path, gather_ms: int) -> Iterator[tuple[BrokerLog, Reader]]:
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


def _read(reader: Reader, count: int) -> list[int]:
    """Read so many records; return how many came at a time."""
    parts: list[int] = []
    deadline = time.monotonic() + WITHIN_S
    while sum(parts) < count and time.monotonic() < deadline:
        records = reader.read(1_000, frozenset())
        if records:
            parts.append(len(records))
        time.sleep(0.01)
    return parts


def test_records_that_come_one_by_one_are_fetched_together(tmp_path: Path) -> None:
    with _reader(tmp_path, GATHER_MS) as (log, reader):
        began_s = time.monotonic()
        for number in range(20):
            log.append([NewRecord("work", "key", b"%d" % number)])
        parts = _read(reader, 20)
        took_ms = (time.monotonic() - began_s) * 1_000
    assert sum(parts) == 20
    assert len(parts) <= took_ms / GATHER_MS + 2, parts


def test_a_single_record_comes_when_the_time_is_over(tmp_path: Path) -> None:
    with _reader(tmp_path, GATHER_MS) as (log, reader):
        for number in range(3):
            log.append([NewRecord("work", "key", b"%d" % number)])
            assert _read(reader, 1) == [1]


def test_much_is_not_waited_for(tmp_path: Path) -> None:
    random = Random(1)
    with _reader(tmp_path, LONG_MS) as (log, reader):
        log.append([NewRecord("work", "key", random.randbytes(1_000)) for _ in range(1_000)])
        began_s = time.monotonic()
        assert sum(_read(reader, 1_000)) == 1_000
        assert time.monotonic() - began_s < LONG_MS / 1_000
