"""A node that stops consuming while it looks for a bad command loses nothing, nor the order."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.db.memory import MemoryDisk
from adapters.embedded.log import EmbeddedLog
from adapters.embedded.memory import MemoryBroker, MemoryLog
from clearing.errors import InvariantBroken
from clearing.ports import TableSpec
from services.node import backlog
from services.node.command import Answered, Command, Delivery, Request, Result
from services.node.desk_letters import DiscardDeadLetter
from services.node.limits import ParkingLimits
from services.node.records import SPECS, ConsumedOffset, ParkedRecord
from services.node.worker import Worker
from services.simulator.history import Moment
from services.simulator.layout import Seat
from services.simulator.plans import NodePlan
from services.simulator.process import Process
from tests.network_pump import CountingIds, FakeClock
from tests.services.node.plain_node import (
    HERE,
    ROLE,
    JsonAnswers,
    PlainNode,
    Show,
    Total,
    delivery,
    opened,
    request,
)
from tests.services.node.spoiling import BAD, spoil

TOPIC = "yidi.care.310000"
LIMITS = ParkingLimits(max_unresolved=1)
REFUSED = InvariantBroken("database_constraint", "a record breaks its table", "不符合")


@pytest.fixture(autouse=True)
def _looks_again_soon(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(backlog, "LOOK_AGAIN_S", 0.02)
    caplog.set_level(logging.CRITICAL + 1)


def _until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not so():
        assert time.monotonic() < end
        time.sleep(0.005)


def _message(offset: int, *, error: str = "none", key: str = "k") -> Delivery:
    return delivery(offset, "none", offset, result="note", error=error, key=key)


def _poison() -> Delivery:
    return delivery(0, "none", BAD, result="note", key="poison")


def _discard(offset: int) -> Request:
    letter = f"{TOPIC}/0/{offset}"
    return request(DiscardDeadLetter(letter, "li", "away"), f"discard {offset}")


@contextmanager
def _working(node: PlainNode, commands: Sequence[Command]) -> Iterator[Worker]:
    """Start a worker whose first round is made of all the commands."""
    spoil(node.store, REFUSED)
    log = EmbeddedLog(":memory:", FakeClock())
    log.ensure_topic(TOPIC, 1)
    worker = Worker([node.machine], log)
    for each in commands:
        if isinstance(each, Delivery):
            worker.deliver(HERE, each)
        else:
            worker.submit(HERE, each)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
        log.close()


def _shown(worker: Worker) -> object:
    return worker.submit(HERE, Request(Show("answers"), None)).result(10)


def test_messages_of_a_key_come_again_in_their_order(tmp_path: Path) -> None:
    messages = [_poison(), *(_message(offset) for offset in (1, 2, 3))]
    with (
        opened(tmp_path / "node.sqlite3", limits=LIMITS) as node,
        _working(node, messages) as worker,
    ):
        _until(lambda: not worker.consumes(HERE))
        assert isinstance(worker.submit(HERE, _discard(0)).result(10), Answered)
        _until(lambda: _shown(worker) != Answered(Total("answers", 0)))
        assert _shown(worker) == Answered(Total("answers", 123))


def test_no_offset_passes_a_message_that_is_in_memory_only(tmp_path: Path) -> None:
    path = tmp_path / "node.sqlite3"
    messages = [_poison(), _message(1), _message(2, error="Rejected", key="other"), _message(3)]
    with opened(path, limits=LIMITS) as node, _working(node, messages) as worker:
        _until(lambda: not worker.consumes(HERE))
        assert isinstance(worker.submit(HERE, _discard(0)).result(10), Answered)
        _until(lambda: _shown(worker) != Answered(Total("answers", 0)))
    with opened(path, limits=LIMITS) as node:
        assert node.rows(ConsumedOffset) == [ConsumedOffset(TOPIC, 0, 3)]
        assert [row.offset for row in node.rows(ParkedRecord)] == [0, 2]
        assert node.total("answers") == 1


def test_what_is_released_meanwhile_lets_nothing_pass_what_is_held_back(tmp_path: Path) -> None:
    commands: list[Command] = [_poison(), _message(1), _discard(0), _message(2)]
    with (
        opened(tmp_path / "node.sqlite3", limits=LIMITS) as node,
        _working(node, commands) as worker,
    ):
        _until(lambda: _shown(worker) != Answered(Total("answers", 0)))
        assert _shown(worker) == Answered(Total("answers", 12))


def test_a_simulated_process_keeps_the_order_as_well() -> None:
    specs = (*SPECS, TableSpec(Total, "total", ("name",)))
    plan, clock, heard = NodePlan(HERE, ROLE, specs, LIMITS), FakeClock(), list[Result]()
    log = MemoryLog(MemoryBroker(), clock)
    log.ensure_topic(TOPIC, 1)
    process = Process(
        Seat(HERE),
        plan,
        MemoryDisk(specs),
        log,
        clock,
        CountingIds(),
        JsonAnswers(),
        lambda: Moment(clock.now()),
        lambda *_: None,
    )
    spoil(process.machine._store, REFUSED)
    messages = [_message(offset) for offset in (1, 2, 3)]
    process.queue = [(_poison(), None), (messages[0], None)]
    process.call(_discard(0), heard.append)
    process.queue += [(each, None) for each in messages[1:]]
    process.work()
    assert [type(each) for each in heard] == [Answered]
    assert [command for command, _ in process.queue] == messages
    process.call(Request(Show("answers"), None), heard.append)
    process.work()
    assert heard[-1] == Answered(Total("answers", 123))
