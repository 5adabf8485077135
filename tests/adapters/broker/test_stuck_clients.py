"""Two ways in which the client dies without saying so, provoked; and who notices.

The broker is real and is stopped for a while; the client's behaviour is not imitated.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import errors

from adapters.broker import reader as reader_module
from adapters.broker.log import BrokerLog
from adapters.broker.reader import BrokerReader
from adapters.broker.settings import BrokerSettings
from adapters.broker.watchdog import EXIT_CODE
from clearing.errors import Unavailable
from clearing.ports import NewRecord, TopicPartition
from tests.adapters.broker.own_broker import LEAVES_SOCKETS, OwnBroker
from tests.effort import thorough_only

pytestmark = [pytest.mark.broker, LEAVES_SOCKETS, thorough_only]

PLACE = TopicPartition("work", 0)
ONE = NewRecord("work", "k", b"1")


@pytest.fixture(scope="module")
def shared_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnBroker]:
    own = OwnBroker(tmp_path_factory.mktemp("broker") / "state")
    yield own
    own.end()


@pytest.fixture
def broker(shared_broker: OwnBroker) -> Iterator[OwnBroker]:
    """The broker, going on after each test: one that fails takes no others with it."""
    yield shared_broker
    shared_broker.resume()


@pytest.fixture
def told() -> list[str]:
    return []


def _settings(broker: OwnBroker, folder: Path, **changes: Any) -> BrokerSettings:
    options: dict[str, Any] = {
        "prefix": f"{folder.name}.",
        "request_timeout_ms": 1_000,
        "append_within_ms": 1_000,
        "session_timeout_ms": 3_000,
        "heartbeat_interval_ms": 500,
        **changes,
    }
    return BrokerSettings(broker.address, **options)


def _opened(settings: BrokerSettings, told: list[str]) -> BrokerLog:
    log = BrokerLog(settings, on_stuck=told.append)
    log.ensure_topic("work", 1)
    return log


def _until(so: Callable[[], object], within_s: float = 30.0) -> None:
    end = time.monotonic() + within_s
    while not so():
        assert time.monotonic() < end, "it never came so"
        time.sleep(0.05)


def _values(log: BrokerLog) -> list[bytes]:
    """Return what is on the log; one that is just back may not lead its partitions yet."""
    found: list[bytes] = []

    def answered() -> bool:
        try:
            found[:] = [record.value for record in log.poll({PLACE: 0}, 100)]
        except Unavailable:
            return False
        return True

    _until(answered)
    return found


def test_a_broker_that_is_slow_costs_no_record_and_repeats_none(
    broker: OwnBroker, tmp_path: Path, told: list[str]
) -> None:
    log = _opened(_settings(broker, tmp_path), told)
    # The client takes a producer's number late, and one it waited for in vain ends it for good.
    log.append([NewRecord("work", "k", b"0")])
    records = [ONE, ONE, NewRecord("work", "k", b"2")]
    broker.pause()
    for _ in range(3):
        with pytest.raises(Unavailable):
            log.append(records)
    broker.resume()
    _until(lambda: _appended(log, [*records, NewRecord("work", "k", b"3")]))
    assert _values(log) == [b"0", b"1", b"1", b"2", b"3"]
    assert told == []
    log.close()


def _appended(log: BrokerLog, records: list[NewRecord]) -> bool:
    try:
        log.append(records)
    except Unavailable:
        return False
    return True


def test_a_producer_that_gave_a_record_up_never_works_again_and_is_found_out(
    broker: OwnBroker, tmp_path: Path, told: list[str]
) -> None:
    log = _opened(_settings(broker, tmp_path, delivery_timeout_ms=2_000), told)
    log.append([NewRecord("work", "k", b"0")])
    broker.pause()
    _until(lambda: not _appended(log, [ONE]))
    _until(lambda: told)
    broker.resume()
    assert "Expiring 1 record(s)" in told[0]
    _until(lambda: _values(log))  # the broker is back
    later = log._writer._producer.send(f"{tmp_path.name}.work", b"2", b"k", partition=0)
    with pytest.raises(errors.KafkaTimeoutError):
        later.get(timeout=3)
    with pytest.raises(Unavailable, match="gave up"):
        log.append([ONE])
    log.close()


def test_a_stuck_client_ends_its_process(broker: OwnBroker, tmp_path: Path) -> None:
    settings = _settings(broker, tmp_path, delivery_timeout_ms=2_000)
    child = [sys.executable, "-W", "ignore", "-m", "tests.adapters.broker.stuck_process"]
    process = subprocess.Popen(
        [*child, broker.address, settings.prefix],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "appended\n"
        broker.pause()
        try:
            assert process.wait(timeout=30) == EXIT_CODE
        finally:
            broker.resume()


def test_a_reader_that_never_comes_to_rest_is_found_out(
    broker: OwnBroker, tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = _opened(_settings(broker, tmp_path, unstable_for_s=4), told)
    # A join that ends while its thread is elsewhere is thrown away, again and again.
    monkeypatch.setattr(reader_module, "JOIN_POLL_MS", 1)
    come_round = BrokerReader._carry_out_seeks

    def come_round_late(reader: BrokerReader) -> None:
        time.sleep(0.2)
        come_round(reader)

    monkeypatch.setattr(BrokerReader, "_carry_out_seeks", come_round_late)
    reader = log.join("g", "a", ["work"])
    _until(lambda: told)
    assert "outside of its group g" in told[0]
    assert reader.held() == frozenset()
    log.close()


def test_a_reader_whose_thread_stands_still_is_found_out(
    broker: OwnBroker, tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = _opened(_settings(broker, tmp_path, still_for_s=2), told)
    reader = log.join("g", "a", ["work"])
    _until(reader.held)
    monkeypatch.setattr(BrokerReader, "_fill_shelf", lambda _: time.sleep(6))
    _until(lambda: told)
    assert "stands still" in told[0]
    log.close()


def test_a_reader_that_crashes_is_found_out(
    broker: OwnBroker, tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = _opened(_settings(broker, tmp_path), told)

    def crash(_: BrokerReader) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(BrokerReader, "_fill_shelf", crash)
    log.join("g", "a", ["work"])
    _until(lambda: told)
    assert "crashed: ZeroDivisionError" in told[0]
    log.close()


def test_a_broker_that_is_away_is_no_fault_of_the_reader(
    broker: OwnBroker, tmp_path: Path, told: list[str]
) -> None:
    log = _opened(_settings(broker, tmp_path, unstable_for_s=5), told)
    reader = log.join("g", "a", ["work"])
    _until(reader.held)
    reader.place({PLACE: 0})
    broker.pause()
    time.sleep(9)
    broker.resume()
    assert told == []
    _until(lambda: _appended(log, [ONE]))
    found: list[bytes] = []

    def came() -> bool:
        if reader.unplaced():  # it was out of the group for a while
            reader.place({PLACE: 0})
        found.extend(record.value for record in reader.read(10))
        return found[-1:] == [b"1"]

    _until(came)
    assert told == []
    log.close()
