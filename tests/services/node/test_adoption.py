"""What a dead process left is published by another, however busy that one is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.db.store import SqlStore
from adapters.embedded.log import EmbeddedLog
from adapters.wire.envelopes import encode_envelope
from clearing.ports import NewRecord, TableSpec
from services.node import worker as working
from services.node.records import SPECS
from services.node.shared_machine import LEFT_OVER_MS, SharedMachine
from services.node.worker import Worker
from tests.network_pump import CountingIds, FakeClock
from tests.services.node.plain_node import HERE, ROLE, Add, JsonAnswers, Total, request


class BusyLog(EmbeddedLog):
    """A log that is given something new before it has taken what it was given."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(":memory:", clock)
        self.keys: list[str] = []
        self.worker: Worker | None = None

    def append(self, records: Sequence[NewRecord]) -> None:
        self.keys += [record.key for record in records]
        if self.worker is not None:
            number = len(self.keys)
            self.worker.submit(HERE, request(Add(f"k{number}", 1), f"q{number}")).result(10)
        super().append(records)


def test_rows_are_adopted_under_steady_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "TICK_S", 0.01)
    clock, ids = FakeClock(), CountingIds()

    def start() -> SharedMachine:
        specs = (*SPECS, TableSpec(Total, "total", ("name",)))
        store = SqlStore(tmp_path / "node.sqlite3", specs)
        return SharedMachine(
            HERE, ROLE, store, clock, ids, JsonAnswers(), encode_envelope, replaying=True
        )

    living, dead = start(), start()
    dead.run([request(Add("left", 1), "dead")])
    dead._store.close()
    clock.pass_ms(LEFT_OVER_MS + 1)
    log = BusyLog(clock)
    log.ensure_topic("yidi.house", 1)
    log.ensure_topic("yidi.care.310000", 1)
    worker = log.worker = Worker([living], log)
    worker.start()
    try:
        worker.submit(HERE, request(Add("first", 1), "first")).result(10)
        end = time.monotonic() + 10
        while "left" not in log.keys:
            assert time.monotonic() < end, "nobody adopts it"
            time.sleep(0.01)
    finally:
        log.worker = None
        worker.stop()
        log.close()
