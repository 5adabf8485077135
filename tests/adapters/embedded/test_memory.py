"""What the log over lists does beyond the contract: it misbehaves when told to."""

from __future__ import annotations

import pytest

from adapters.embedded.memory import MemoryBroker, MemoryLog, Misdeed
from clearing.calendar import Instant
from clearing.errors import Unavailable
from clearing.ports import NewRecord


class StandingClock:
    def now(self) -> Instant:
        return Instant(1_700_000_000_000)


def open_log() -> tuple[MemoryBroker, MemoryLog]:
    broker = MemoryBroker()
    log = MemoryLog(broker, StandingClock())
    log.ensure_topic("t", 1)
    return broker, log


def values(log: MemoryLog) -> list[bytes]:
    return [record.value for record in log.poll(dict.fromkeys(log.partitions("t"), 0), 100)]


RECORDS = [NewRecord("t", "k", value) for value in (b"1", b"2", b"3")]


@pytest.mark.parametrize(
    ("misdeed", "written"),
    [
        (Misdeed.LOST, []),
        (Misdeed.UNCONFIRMED, [b"1", b"2", b"3"]),
        (Misdeed.PARTLY, [b"1"]),
    ],
)
def test_an_append_may_fail_with_or_without_its_effect(
    misdeed: Misdeed, written: list[bytes]
) -> None:
    broker, log = open_log()
    broker.spoil_next = misdeed
    with pytest.raises(Unavailable):
        log.append(RECORDS)
    assert values(log) == written
    log.append(RECORDS)  # only the next one was spoilt
    assert values(log) == [*written, b"1", b"2", b"3"]


def test_an_append_may_be_written_twice() -> None:
    broker, log = open_log()
    broker.spoil_next = Misdeed.REPEATED
    log.append(RECORDS)
    assert values(log) == [b"1", b"2", b"3"] * 2


def test_a_silent_partition_gives_nothing_and_loses_nothing() -> None:
    broker, log = open_log()
    (place,) = log.partitions("t")
    broker.silent.add(place)
    log.append(RECORDS)
    assert values(log) == []
    broker.silent.clear()
    assert values(log) == [b"1", b"2", b"3"]


def test_a_broker_that_cannot_be_reached_takes_and_gives_nothing() -> None:
    broker, log = open_log()
    broker.reachable = False
    for call in (lambda: log.append(RECORDS), lambda: values(log)):
        with pytest.raises(Unavailable):
            call()
    broker.reachable = True
    assert values(log) == []


def test_a_broker_outlives_its_logs() -> None:
    broker, log = open_log()
    log.append(RECORDS)
    log.close()
    again = MemoryLog(broker, StandingClock())
    assert values(again) == [b"1", b"2", b"3"]
    assert again.wait(0, 0) == 3
