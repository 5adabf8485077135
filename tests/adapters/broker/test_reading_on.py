"""A reader goes on where the log has a hole, and stays in its group while nobody takes anything."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from kafka import KafkaProducer

from adapters.broker.log import BrokerLog
from adapters.broker.reader import SHELF_RECORDS
from adapters.broker.settings import BrokerSettings
from clearing.ports import NewRecord, Reader
from tests.adapters.broker.lone_reader import WITHIN_S, lone_reader, take
from tests.contracts.broker_server import broker_address, prefix_of

pytestmark = pytest.mark.broker


def _in_a_transaction(folder: Path, value: bytes, *, commits: bool) -> None:
    """Write as a tool does that copies records from cluster to cluster."""
    producer = KafkaProducer(
        bootstrap_servers=broker_address(), transactional_id=f"{prefix_of(folder)}{commits}"
    )
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(f"{prefix_of(folder)}work", value=value, key=b"key", partition=0).get(10)
    if commits:
        producer.commit_transaction()
    else:
        producer.abort_transaction()
    producer.close()


def test_the_marks_of_transactions_are_no_loss(tmp_path: Path) -> None:
    with lone_reader(tmp_path) as (log, reader):
        log.append([NewRecord("work", "key", b"first")] * 3)
        _in_a_transaction(tmp_path, b"copied", commits=True)
        _in_a_transaction(tmp_path, b"never", commits=False)
        log.append([NewRecord("work", "key", b"last")] * 2)
        values: list[bytes] = []
        deadline = time.monotonic() + WITHIN_S
        while len(values) < 6 and time.monotonic() < deadline:
            values += [record.value for record in reader.read(100)]
            time.sleep(0.02)
        assert values == [b"first"] * 3 + [b"copied"] + [b"last"] * 2
        log.append([NewRecord("work", "key", b"more")])
        assert take(reader, 1) == [1]


def _place(reader: Reader) -> None:
    if unplaced := reader.unplaced():
        reader.place(dict.fromkeys(unplaced, 0))


def test_who_takes_nothing_lets_another_join(tmp_path: Path) -> None:
    """Its database is away, say, and its shelf full: the other one has work to take over."""
    settings = BrokerSettings(broker_address(), prefix=prefix_of(tmp_path))
    full, joins = BrokerLog(settings), BrokerLog(settings)
    try:
        full.ensure_topic("work", 4)
        full.append([NewRecord("work", f"k{n}", b"x" * 100) for n in range(3 * SHELF_RECORDS)])
        behind = full.join("group", "1", ["work"])
        deadline = time.monotonic() + WITHIN_S
        while len(behind.held()) < 4 and time.monotonic() < deadline:
            time.sleep(0.05)
        _place(behind)
        time.sleep(2)  # until its shelf is full
        other = joins.join("group", "2", ["work"])
        deadline = time.monotonic() + WITHIN_S
        while len(other.held()) < 2 and time.monotonic() < deadline:
            _place(behind)
            _place(other)
            other.read(1_000)
            time.sleep(0.05)
        assert (len(behind.held()), len(other.held())) == (2, 2)
    finally:
        full.close()
        joins.close()
