"""What the log refuses waits by itself; what is for others goes on, and all keeps its order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from threading import Event
from typing import Any

import pytest

from adapters.embedded.memory import MemoryBroker, MemoryLog
from clearing.calendar import Instant
from clearing.errors import Rejected, Unavailable
from clearing.ports import NewRecord
from services.node import relay
from services.node.records import Outgoing
from services.node.relay import Relay, Written
from tests.network_pump import FakeClock

MACHINE: Any = object()


class WilfulLog(MemoryLog):
    """Refuses some topics, and is away now and then."""

    def __init__(self) -> None:
        super().__init__(MemoryBroker(), FakeClock())
        self.forbidden: set[str] = set()
        self.away = 0
        self.answers = Event()
        self.answers.set()

    def append(self, records: Sequence[NewRecord]) -> None:
        self.answers.wait()
        if self.away:
            self.away -= 1
            raise Unavailable("log_unavailable", "x", "x")
        if any(record.topic in self.forbidden for record in records):
            raise Rejected("broker_forbidden", "x", "x")
        super().append(records)

    def kept(self, topic: str) -> list[str]:
        places = self.partitions(topic)
        return [record.value.decode() for at in places for record in self._broker.records[at]]


class Relaying:
    def __init__(self) -> None:
        self.log = WilfulLog()
        self.fatal: list[BaseException] = []
        self.relay = Relay(self.log, partitions=1)
        self.relay.on_fatal = self.fatal.append
        self.relay.start()
        self._count = 0

    def give(self, *topics: str) -> None:
        rows: list[Written] = []
        for topic in topics:
            self._count += 1
            value = str(self._count).encode()
            rows.append((MACHINE, Outgoing(self._count, topic, "k", value, Instant(0))))
        self.relay.give(rows)

    def come_to(self, so: Callable[[], bool]) -> None:
        end = time.monotonic() + 10
        while not so():
            assert time.monotonic() < end, "it never came so"
            time.sleep(0.002)


@pytest.fixture
def relaying(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relaying]:
    monkeypatch.setattr(relay, "REFUSED_AGAIN_S", 0.02)
    made = Relaying()
    yield made
    made.log.answers.set()
    made.relay.stop()
    assert made.fatal == []


def test_a_topic_is_made_for_the_first_message_to_a_region(relaying: Relaying) -> None:
    relaying.give("a", "b", "a")
    relaying.come_to(lambda: len(relaying.relay) == 0)
    assert (relaying.log.kept("a"), relaying.log.kept("b")) == (["1", "3"], ["2"])


def test_others_go_on_while_a_topic_is_refused(relaying: Relaying) -> None:
    relaying.log.forbidden.add("a")
    relaying.give("a", "b", "a")
    relaying.come_to(lambda: len(relaying.relay) == 2)
    relaying.give("b", "a")
    relaying.come_to(lambda: len(relaying.relay) == 3)
    assert relaying.log.kept("b") == ["2", "4"]
    assert sorted(row.sequence for _, row in relaying.relay.left()) == [1, 3, 5]
    relaying.log.forbidden.clear()
    relaying.come_to(lambda: len(relaying.relay) == 0)
    assert relaying.log.kept("a") == ["1", "3", "5"]
    published = [row.sequence for _, row in relaying.relay.take_published()]
    assert sorted(published) == [1, 2, 3, 4, 5]


def test_one_that_is_away_in_between_is_brought_everything_again(relaying: Relaying) -> None:
    relaying.log.ensure_topic("b", 1)
    relaying.log.forbidden.add("a")
    relaying.log.away = 3
    relaying.give("b", "a")
    relaying.come_to(lambda: len(relaying.relay) == 1)
    assert relaying.log.kept("b") == ["1"]


def test_it_is_behind_while_the_log_fails_and_not_for_being_busy(relaying: Relaying) -> None:
    relaying.log.answers.clear()
    relaying.give("b")
    relaying.come_to(lambda: len(relaying.relay._underway) == 1)
    relaying.give("b")
    assert not relaying.relay.is_behind
    relaying.log.away = 1_000_000
    relaying.log.answers.set()
    relaying.come_to(lambda: relaying.relay.is_behind)
    relaying.log.away = 0
    relaying.come_to(lambda: not relaying.relay.is_behind)
    relaying.come_to(lambda: len(relaying.relay) == 0)


def test_it_is_behind_while_the_log_does_not_answer(
    relaying: Relaying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "BEHIND_S", 0.02)
    relaying.log.answers.clear()
    relaying.give("b")
    relaying.come_to(lambda: relaying.relay.is_behind)
    relaying.log.answers.set()
    relaying.come_to(lambda: not relaying.relay.is_behind)


def test_at_the_end_what_is_refused_stays_in_the_outbox(relaying: Relaying) -> None:
    relaying.log.forbidden.add("a")
    relaying.give("a", "b")
    relaying.come_to(lambda: len(relaying.relay) == 1)
    relaying.relay.stop()
    assert [row.topic for _, row in relaying.relay.left()] == ["a"]
