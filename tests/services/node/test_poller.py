"""One reader for all nodes of a process: each record reaches every node that reads its topic."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.embedded.memory import MemoryBroker, MemoryLog
from adapters.wire.envelopes import decode_envelope
from clearing.errors import Unavailable
from clearing.messages import HOUSE, Address, Role
from clearing.ports import NewRecord, TopicPartition
from services.node import topics
from services.node.command import Delivery
from services.node.poller import Poller
from services.node.reading_group import group_of
from tests.network_pump import FakeClock

FIRST, SECOND = Address(Role.INSURED, "330213"), Address(Role.INSURED, "990100")
HEADS = TopicPartition(topics.HEADS, 0)
Places = dict[TopicPartition, int]


@dataclass
class HeldMachine:
    """What the poller looks at of a machine."""

    address: Address


@dataclass
class NotingWorker:
    """Stands for the worker: notes what it is given, and answers for the databases."""

    stands: dict[Address, Places] = field(default_factory=dict)
    away: set[Address] = field(default_factory=set)
    stopped: set[Address] = field(default_factory=set)
    given: list[tuple[Address, str, int]] = field(default_factory=list)
    asked: int = 0
    looks: int = 0
    on_fatal: Callable[[BaseException], None] | None = None

    def offsets(self, address: Address) -> Future[Places]:
        self.asked += 1
        future: Future[Places] = Future()
        if address in self.away:
            future.set_exception(Unavailable("store_failed", "made to fail", "按要求失败"))
        else:
            future.set_result(dict(self.stands.get(address, {})))
        return future

    def consumes(self, address: Address) -> bool:
        self.looks += 1
        return address not in self.stopped

    def lose(self, address: Address) -> None:
        self.stopped.add(address)

    def come_round(self) -> None:
        """Wait until what the poller asked before now is over, for two nodes."""
        before = self.looks
        _until(lambda: self.looks >= before + 4)

    def deliver(self, address: Address, delivery: Delivery, _given_up: Callable[[], bool]) -> None:
        record = delivery.record
        self.given.append((address, record.topic, record.offset))
        at = TopicPartition(record.topic, record.partition)
        self.stands.setdefault(address, {})[at] = record.offset + 1

    def heads(self, address: Address) -> list[int]:
        return [at for node, topic, at in self.given if (node, topic) == (address, topics.HEADS)]

    def own(self, address: Address) -> list[int]:
        inbound = topics.inbound(address)
        return [at for node, topic, at in self.given if (node, topic) == (address, inbound)]


class Reading:
    """A poller over two insured nodes."""

    def __init__(self) -> None:
        self.broker = MemoryBroker()
        self.log = MemoryLog(self.broker, FakeClock())
        for node in (FIRST, SECOND):
            for topic in topics.read_by(node):
                self.log.ensure_topic(topic, 1)
        self.worker = NotingWorker()
        self.pollers: list[Poller] = []

    def start(self, *nodes: Address, name: str = "1") -> Poller:
        machines: Any = [HeldMachine(node) for node in nodes]
        worker: Any = self.worker
        poller = Poller(self.log, machines, worker, decode_envelope, name=name)
        self.pollers.append(poller)
        poller.start()
        return poller

    def write(self, topic: str, count: int = 1) -> None:
        self.log.append([NewRecord(topic, "k", b"\xff")] * count)


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reading]:
    monkeypatch.setattr("services.node.poller.WAIT_S", 0.01)
    made = Reading()
    yield made
    for poller in made.pollers:
        poller.stop()
    made.log.close()


def _until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not so():
        assert time.monotonic() < end, "it never came so"
        time.sleep(0.002)


def test_a_group_is_named_by_its_set_of_nodes() -> None:
    assert group_of([FIRST]) == "insured/330213"
    assert group_of([HOUSE]) == "house/000000"
    assert group_of([SECOND, FIRST]) == group_of([FIRST, SECOND])
    both, all_roles = group_of([FIRST, SECOND]), group_of([FIRST, SECOND, HOUSE])
    assert both.startswith("insured/2-")
    assert all_roles.startswith("several/3-")
    other = group_of([FIRST, Address(Role.INSURED, "990200")])
    assert len({both, all_roles, other}) == 3


def test_each_node_is_given_its_own_and_what_all_read(reading: Reading) -> None:
    reading.start(FIRST, SECOND)
    reading.write(topics.inbound(FIRST), 2)
    reading.write(topics.details(SECOND.region))
    reading.write(topics.HEADS, 3)
    _until(lambda: len(reading.worker.given) == 9)
    assert Counter(reading.worker.given) == Counter(
        [(FIRST, topics.inbound(FIRST), 0), (FIRST, topics.inbound(FIRST), 1)]
        + [(SECOND, topics.details(SECOND.region), 0)]
        + [(node, topics.HEADS, at) for node in (FIRST, SECOND) for at in range(3)]
    )


def test_one_reader_serves_all_nodes(reading: Reading) -> None:
    reading.start(FIRST, SECOND)
    _until(lambda: reading.worker.asked == 2)
    assert reading.log._groups._readers.keys() == {group_of([FIRST, SECOND])}


def test_no_node_is_given_what_lies_before_its_own_place(reading: Reading) -> None:
    reading.write(topics.HEADS, 10)
    reading.write(topics.inbound(FIRST), 5)
    inbound = TopicPartition(topics.inbound(FIRST), 0)
    reading.worker.stands = {FIRST: {HEADS: 7, inbound: 4}, SECOND: {HEADS: 3}}
    reading.start(FIRST, SECOND)
    _until(lambda: len(reading.worker.given) == 11)
    assert reading.worker.heads(FIRST) == [7, 8, 9]
    assert reading.worker.heads(SECOND) == [3, 4, 5, 6, 7, 8, 9]
    assert reading.worker.own(FIRST) == [4]


def test_a_node_that_stopped_keeps_no_other_back_and_misses_nothing(reading: Reading) -> None:
    worker = reading.worker
    reading.start(FIRST, SECOND)
    reading.write(topics.HEADS)
    _until(lambda: worker.heads(FIRST) == worker.heads(SECOND) == [0])
    worker.stopped = {FIRST}
    worker.come_round()
    reading.write(topics.inbound(FIRST), 3)
    reading.write(topics.inbound(SECOND), 3)
    reading.write(topics.HEADS, 3)
    _until(lambda: worker.heads(SECOND) == [0, 1, 2, 3] and worker.own(SECOND) == [0, 1, 2])
    assert worker.heads(FIRST) == [0]
    assert worker.own(FIRST) == []
    worker.stopped = set()
    _until(lambda: worker.heads(FIRST) == [0, 1, 2, 3] and worker.own(FIRST) == [0, 1, 2])
    assert worker.heads(SECOND) == [0, 1, 2, 3], "nobody is given twice what he has"
    reading.write(topics.HEADS)
    _until(lambda: worker.heads(FIRST) == worker.heads(SECOND) == [0, 1, 2, 3, 4])


def test_a_node_whose_records_the_log_has_no_more_stops_by_itself(reading: Reading) -> None:
    worker, lost = reading.worker, TopicPartition(topics.inbound(FIRST), 0)
    worker.stands = {FIRST: {lost: 9}}
    reading.start(FIRST, SECOND)
    _until(lambda: worker.stopped == {FIRST})
    reading.write(topics.inbound(SECOND), 3)
    reading.write(topics.HEADS, 2)
    _until(lambda: worker.own(SECOND) == [0, 1, 2] and worker.heads(SECOND) == [0, 1])
    assert worker.own(FIRST) == []


def test_a_database_that_does_not_answer_keeps_no_other_node_back(reading: Reading) -> None:
    worker = reading.worker
    worker.away = {FIRST}
    reading.start(FIRST, SECOND)
    for topic in (topics.inbound(FIRST), topics.inbound(SECOND), topics.HEADS):
        reading.write(topic)
    _until(lambda: worker.own(SECOND) == [0])
    assert worker.heads(SECOND) == [], "it is not known from where on"
    worker.away = set()
    _until(lambda: worker.heads(FIRST) == worker.heads(SECOND) == worker.own(FIRST) == [0])


def test_processes_with_other_sets_of_nodes_read_for_themselves(reading: Reading) -> None:
    reading.start(FIRST, SECOND)
    reading.start(SECOND, name="2")
    reading.write(topics.inbound(SECOND))
    _until(lambda: reading.worker.own(SECOND) == [0, 0])


def test_lag_is_told_for_each_node_that_reads(reading: Reading) -> None:
    poller = reading.start(FIRST, SECOND)
    reading.write(topics.HEADS, 2)
    _until(lambda: len(reading.worker.given) == 4)
    assert {(node, at.topic): count for node, at, count in poller.lag()} == {
        (node, topic): 0 for node in (FIRST, SECOND) for topic in topics.read_by(node)
    }
    reading.worker.stopped = {FIRST}
    reading.worker.come_round()
    reading.write(topics.inbound(FIRST), 2)
    assert (FIRST, TopicPartition(topics.inbound(FIRST), 0), 2) in list(poller.lag())


def test_lag_of_a_node_that_takes_nothing_is_what_its_database_lacks(reading: Reading) -> None:
    """It was given three, stopped at the second, and two more came: the reader knows of none."""
    poller, own = reading.start(FIRST, SECOND), TopicPartition(topics.inbound(FIRST), 0)
    reading.write(own.topic, 3)
    _until(lambda: len(reading.worker.own(FIRST)) == 3)
    reading.worker.stands[FIRST][own] = 1
    reading.worker.stopped = {FIRST}
    reading.worker.come_round()
    reading.write(own.topic, 2)
    assert {(node, at): count for node, at, count in poller.lag()}[FIRST, own] == 4
    reading.worker.away = {FIRST}
    assert {(node, at): count for node, at, count in poller.lag()}[FIRST, own] == 2
