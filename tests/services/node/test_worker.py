"""The thread that owns the databases: nobody who waits for it is ever forgotten."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from adapters.embedded.log import EmbeddedLog
from adapters.wire.envelopes import decode_envelope, encode_envelope
from clearing.calendar import Instant
from clearing.errors import Conflict, InvariantBroken, Unavailable
from clearing.messages import HOUSE, Address, DebitDecided, Envelope, Role
from clearing.partitions import partition_of
from clearing.ports import NewRecord
from services.node import intake, machine
from services.node.command import Answered, Command, Failed, Final, Request
from services.node.poller import Poller
from services.node.worker import Worker
from tests.network_pump import FakeClock
from tests.services.node.plain_node import (
    ERRORS,
    HERE,
    ROLE,
    Add,
    AskHouse,
    PlainNode,
    Show,
    Total,
    delivery,
    opened,
    request,
)

INBOUND = "yidi.care.310000"


class RefusingLog(EmbeddedLog):
    """A log that refuses to append as often as it is told to, and waits while it is told to."""

    refusals = 0

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.goes_on = threading.Event()
        self.goes_on.set()

    def append(self, records: Sequence[NewRecord]) -> None:
        self.goes_on.wait()
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("log_unavailable", "made to fail", "按要求失败")
        super().append(records)

    def records(self, topic: str) -> list[Any]:
        places = dict.fromkeys(self.partitions(topic), 0)
        return [decode_envelope(record.value) for record in self.poll(places, 1000)]


class Running:
    def __init__(self, node: PlainNode) -> None:
        self.node = node
        self.log = RefusingLog(":memory:", FakeClock())
        self.log.ensure_topic(INBOUND, 2)
        self.worker = Worker([node.machine], self.log, partitions=3)
        self.fatal: list[BaseException] = []
        self.worker.on_fatal = self.fatal.append

    def ask(self, payload: Any, request_id: str = "q1") -> Future[Final]:
        return self.worker.submit(HERE, request(payload, request_id))


@pytest.fixture
def running() -> Iterator[Running]:
    with opened() as node:
        yield Running(node)


def _until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not so():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_requests_are_answered_once_their_batch_is_committed(running: Running) -> None:
    futures = [running.ask(Add("a", 1), f"q{number}") for number in range(50)]
    running.worker.start()
    assert [f.result(5) for f in futures] == [Answered(Total("a", n)) for n in range(1, 51)]
    running.worker.stop()
    assert len(running.log.records("yidi.house")) == 50
    running.log.close()


def test_all_who_wait_for_one_request_get_its_answer(running: Running) -> None:
    running.worker.start()
    first, repeat = running.ask(AskHouse("a")), running.ask(AskHouse("a"))
    _until(lambda: len(running.worker._waiting) == 1)
    running.worker.deliver(HERE, delivery(0, "q1", 7))
    assert first.result(5) == repeat.result(5) == Answered(Total("q1", 7))
    running.worker.stop()
    running.log.close()


def test_a_topic_nobody_made_is_made_and_keeps_its_messages(running: Running) -> None:
    """The house's has one partition, however many others have: its journal is one chain."""
    running.worker.start()
    running.ask(Add("a", 1)).result(5)
    running.worker.stop()
    assert len(running.log.partitions("yidi.house")) == 1
    assert len(running.log.records("yidi.house")) == 1
    assert running.fatal == []
    running.log.close()


def test_what_the_log_refused_is_appended_later_in_order(running: Running) -> None:
    running.log.refusals = 3
    running.worker.start()
    for number in range(3):
        running.ask(Add("a", 1), f"q{number}").result(5)
    _until(lambda: not running.worker.unpublished)
    running.worker.stop()
    assert [body.body.amount_fen for body in running.log.records("yidi.house")] == [1, 2, 3]
    running.log.close()


def test_nobody_waits_for_a_log_that_is_slow(running: Running) -> None:
    running.log.goes_on.clear()
    running.worker.start()
    for number in range(3):
        running.ask(Add("a", 1), f"q{number}").result(5)
    assert running.worker.unpublished == 3
    running.log.goes_on.set()
    _until(lambda: not running.worker.unpublished)
    running.worker.stop()
    assert [body.body.amount_fen for body in running.log.records("yidi.house")] == [1, 2, 3]
    running.log.close()


def test_a_log_that_takes_nothing_ends_the_intake(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.node.worker.MAX_UNPUBLISHED", 2)
    running.log.refusals = 1_000_000
    running.worker.start()

    def fill() -> None:
        for number in range(5):  # the newest message may still be on its way to the list
            running.ask(Add("a", 1), f"q{number}").result(5)

    with pytest.raises(Unavailable, match="overloaded"):
        fill()
    running.log.refusals = 0
    _until(lambda: not running.worker.unpublished)
    assert isinstance(running.ask(Add("a", 1), "again").result(5), Answered)
    running.worker.stop()
    running.log.close()


def test_a_failed_commit_refuses_requests_and_retries_deliveries_in_order(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    running.node.store.failures = 2
    refused = running.ask(Add("a", 1))
    for number in range(1, 4):
        running.worker.deliver(HERE, delivery(number, "none", number, result="note"))
    with caplog.at_level(logging.CRITICAL):
        running.worker.start()
        answer = refused.result(5)
        assert isinstance(answer, Failed)
        assert isinstance(answer.error, Unavailable)
        shown = running.worker.submit(HERE, Request(Show("answers"), None))
        _until(lambda: shown.done() and running.node.store.failures == 0)
        running.worker.deliver(HERE, delivery(4, "none", 4, result="note"))
        assert running.ask(Add("a", 1)).result(5) == Answered(Total("a", 1))

        def all_came() -> bool:
            shown = running.worker.submit(HERE, Request(Show("answers"), None))
            return shown.result(5) == Answered(Total("answers", 1234))

        _until(all_came)
        running.worker.stop()
    running.log.close()
    assert running.fatal == []


def test_broken_books_end_the_worker_and_everybody_is_told(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL + 1):
        waiting = running.ask(AskHouse("a"))
        running.worker.start()
        _until(lambda: len(running.worker._waiting) == 1)
        broken = running.ask(Add("a", 1, "InvariantBroken"), "q2")
        assert isinstance(_error(broken), InvariantBroken)
        assert isinstance(_error(waiting), Unavailable)
        _until(lambda: bool(running.fatal))
        late = running.ask(Add("a", 1), "q3")
        assert isinstance(_error(late), Unavailable)
        running.worker.deliver(HERE, delivery(0, "q1"))  # returns: nobody reads the queue now
        running.worker.stop()
    running.log.close()


def _error(future: Future[Final]) -> Exception:
    final = future.result(5)
    assert isinstance(final, Failed)
    return final.error


def test_stopping_answers_who_still_waits(running: Running) -> None:
    running.worker.start()
    waiting = running.ask(AskHouse("a"))
    _until(lambda: len(running.worker._waiting) == 1)
    running.worker.stop()
    assert _error(waiting).args[0].startswith("node_stopping")
    running.log.close()


def test_a_full_queue_and_another_region_are_unavailable(running: Running) -> None:
    running.worker = Worker([running.node.machine], running.log, capacity=1)
    running.ask(Add("a", 1))
    with pytest.raises(Unavailable, match="overloaded"):
        running.ask(Add("a", 1), "q2")
    with pytest.raises(Unavailable, match="node_not_here"):
        running.worker.submit(Address(Role.CARE, "110000"), request(Add("a", 1)))
    running.worker.start()
    running.worker.stop()
    running.log.close()


def test_a_tick_that_fails_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("services.node.worker.TICK_S", 0.01)
    ticks: list[int] = []

    def on_tick(context: Any) -> None:
        ticks.append(1)
        if len(ticks) < 3:
            raise ERRORS["Conflict"]

    with opened(role=machine.Role(ROLE.handlers, on_tick)) as node:
        running = Running(node)
        with caplog.at_level(logging.CRITICAL):
            running.worker.start()
            _until(lambda: len(ticks) > 3)
            assert running.ask(Add("a", 1)).result(5) == Answered(Total("a", 1))
            running.worker.stop()
        running.log.close()
        assert running.fatal == []


def test_the_poller_reads_on_from_the_nodes_database(tmp_path: Path) -> None:
    def note(number: int) -> NewRecord:
        body = DebitDecided("none", "none", "note", amount_fen=number)
        envelope = Envelope(f"m{number}", "c", HOUSE, HERE, Instant(0), Instant(0), body)
        return NewRecord(INBOUND, "k", encode_envelope(envelope))

    log = RefusingLog(":memory:", FakeClock())
    log.ensure_topic(INBOUND, 2)
    for start, expected in ((1, 12), (3, 1234)):
        with opened(tmp_path / "node.sqlite3") as node:
            worker = Worker([node.machine], log)
            poller = Poller(log, [node.machine], worker, decode_envelope)
            worker.start()
            poller.start()
            log.append([note(start), NewRecord(INBOUND, "other", b"\xff"), note(start + 1)])
            shown = [0]

            def arrived(
                worker: Worker = worker, shown: list[int] = shown, expected: int = expected
            ) -> bool:
                final = worker.submit(HERE, Request(Show("answers"), None)).result(5)
                assert isinstance(final, Answered)
                shown[0] = final.body.total
                return bool(shown[0] == expected)

            _until(arrived)
            poller.stop()
            worker.stop()
    log.close()


def test_what_another_process_gives_back_is_read_on_from_the_nodes_database(
    tmp_path: Path,
) -> None:
    def note(number: int, key: str) -> NewRecord:
        body = DebitDecided("none", "none", "note", amount_fen=number)
        envelope = Envelope(f"m{number}", "c", HOUSE, HERE, Instant(0), Instant(0), body)
        return NewRecord(INBOUND, key, encode_envelope(envelope))

    log = RefusingLog(":memory:", FakeClock())
    log.ensure_topic(INBOUND, 2)
    keys = {partition_of(str(key), 2): str(key) for key in range(9)}
    with opened(tmp_path / "node.sqlite3") as node:
        worker = Worker([node.machine], log)
        poller = Poller(log, [node.machine], worker, decode_envelope, name="a")
        worker.start()
        poller.start()

        def shown() -> str:
            final = worker.submit(HERE, Request(Show("answers"), None)).result(5)
            assert isinstance(final, Answered)
            return "".join(sorted(str(final.body.total)))

        log.append([note(at + 1, keys[at]) for at in range(2)])
        _until(lambda: shown() == "12")
        other = log.join(str(HERE), "b", [INBOUND])
        (taken,) = other.held()
        log.append([note(at + 3, keys[at]) for at in range(2)])
        _until(lambda: shown() == f"12{4 - taken.partition}")
        other.close()
        _until(lambda: shown() == "1234")
        log.append([note(at + 5, keys[at]) for at in range(2)])
        _until(lambda: shown() == "123456")
        poller.stop()
        worker.stop()
    log.close()


def test_one_who_asks_where_a_node_stands_is_told_when_the_worker_ends(running: Running) -> None:
    running.worker.start()
    assert running.worker.offsets(HERE).result(5) == {}
    running.worker.stop()
    with pytest.raises(Unavailable):
        running.worker.offsets(HERE).result(5)
    running.log.close()


def test_a_conflict_is_an_answer_of_one_request_only(running: Running) -> None:
    running.worker.start()
    futures = [running.ask(Add("a", 1, "Conflict"), "q1"), running.ask(Add("a", 1), "q2")]
    assert isinstance(_error(futures[0]), Conflict)
    assert futures[1].result(5) == Answered(Total("a", 1))
    running.worker.stop()
    running.log.close()


def test_a_database_that_is_away_slows_the_reader_and_comes_back_to_rounds_of_the_usual_size(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(intake, "MAX_ROUND", 10)
    caplog.set_level(logging.CRITICAL)
    node = running.node
    node.store.failures = 1_000_000
    worker = Worker([node.machine], running.log, capacity=50)
    sizes: list[int] = []
    work_out = node.machine.open

    def measured(commands: Sequence[Command]) -> machine.OpenBatch:
        sizes.append(len(commands))
        return work_out(commands)

    monkeypatch.setattr(node.machine, "open", measured)
    delivered = list[int]()

    def read() -> None:
        for offset in range(200):
            worker.deliver(HERE, delivery(offset, "none", 0, result="note"))
            delivered.append(offset)

    reader = threading.Thread(target=read)
    worker.start()
    reader.start()
    try:
        time.sleep(0.5)
        assert 50 <= len(delivered) <= 60
        node.store.failures = 0
        reader.join(20)
        assert len(delivered) == 200
    finally:
        node.store.failures = 0
        worker.stop()
        reader.join()
    assert max(sizes) <= 10
