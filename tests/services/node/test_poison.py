"""A command that no commit takes costs itself alone; what passes by itself is waited for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from adapters.embedded.log import EmbeddedLog
from clearing.errors import Conflict, InvariantBroken, Unavailable
from clearing.messages import HOUSE
from services.node.backlog import FIRST_RETRY_S, LONGEST_RETRY_S, Backlog
from services.node.command import Answered, Failed, Request
from services.node.poison import Bisection, passes
from services.node.records import ParkedRecord
from services.node.worker import Worker
from tests.network_pump import FakeClock
from tests.services.node.plain_node import HERE, Add, Show, Total, delivery, opened, request
from tests.services.node.spoiling import BAD, spoil


def _until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not so():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.parametrize(
    "error",
    [
        InvariantBroken("database_constraint", "a record breaks its table", "不符合"),
        Conflict("unique_violated", "there is one already", "已存在"),
        ValueError("a bug of the store"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_command_that_no_commit_takes_is_found_and_the_others_take_effect(
    error: Exception, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    path = tmp_path / "node.sqlite3"
    with opened(path) as node, caplog.at_level(logging.CRITICAL):
        spoil(node.store, error)
        log = EmbeddedLog(":memory:", FakeClock())
        log.ensure_topic("yidi.care.310000", 1)
        worker = Worker([node.machine], log)
        amounts = [1, 2, BAD, 3, 4]
        for offset, amount in enumerate(amounts):
            key = "poison" if amount == BAD else "k"
            worker.deliver(HERE, delivery(offset, "none", amount, result="note", key=key))
        worker.deliver(HERE, delivery(5, "none", 5, result="note", key="poison"))
        asked = [worker.submit(HERE, request(Add(f"a{n}", n), f"q{n}")) for n in (7, BAD, 8)]
        worker.start()
        answers = [future.result(10) for future in asked]
        assert answers[0] == Answered(Total("a7", 7))
        assert isinstance(answers[1], Failed)
        assert answers[1].error.code == "internal"
        assert answers[2] == Answered(Total("a8", 8))
        shown = worker.submit(HERE, Request(Show("answers"), None)).result(10)
        assert shown == Answered(Total("answers", 1234))
        worker.stop()
        log.close()
    with opened(path) as node:
        parked = node.rows(ParkedRecord)
        assert [(row.offset, row.state) for row in parked] == [(2, "parked"), (5, "behind")]
        assert parked[0].attempts > 2
        assert next(iter(node.machine.offsets().values())) == 6


def test_what_passes_by_itself_is_never_parked(tmp_path: Path) -> None:
    path = tmp_path / "node.sqlite3"
    with opened(path) as node:
        node.store.failures = 4
        log = EmbeddedLog(":memory:", FakeClock())
        log.ensure_topic("yidi.care.310000", 1)
        worker = Worker([node.machine], log)
        for offset in range(3):
            worker.deliver(HERE, delivery(offset, "none", offset + 1, result="note"))
        worker.start()

        def came() -> bool:
            try:
                shown = worker.submit(HERE, Request(Show("answers"), None)).result(10)
            except Unavailable:
                return False
            return shown == Answered(Total("answers", 123))

        _until(came)
        worker.stop()
        log.close()
    with opened(path) as node:
        assert node.rows(ParkedRecord) == []


def test_only_failures_that_pass_are_waited_for() -> None:
    assert passes(Unavailable("x", "x", "x"))
    assert passes(Conflict("database_moved_on", "x", "x"))
    assert not passes(Conflict("unique_violated", "x", "x"))
    assert not passes(ValueError())


@pytest.mark.parametrize("bad", [{0}, {6}, {2, 3}, set(range(7)), set()])
def test_halving_finds_all_at_fault_and_keeps_the_order(bad: set[int]) -> None:
    carried_out: list[int] = []
    at_fault: list[int] = []

    def fails(items: Sequence[int]) -> bool:
        return bool(bad.intersection(items))

    bisection = Bisection(list(range(7)))
    for part in bisection:
        if part.failed_alone:
            at_fault += part.items
        elif fails(part.items):
            bisection.cut(part)
        else:
            carried_out += part.items
    assert at_fault == sorted(bad)
    assert carried_out == [number for number in range(7) if number not in bad]


def test_what_is_taken_out_is_not_tried_and_the_rest_keeps_its_order() -> None:
    bisection = Bisection(list(range(8)))
    tried: list[list[int]] = []
    for part in bisection:
        tried.append(list(part.items))
        if len(part.items) == 8:
            bisection.cut(part)
        elif len(tried) == 2:
            assert bisection.take_out(lambda number: number % 2 == 0) == [4, 6]
    assert tried[1:] == [[0, 1, 2, 3], [5, 7]]


def test_each_failure_in_a_row_doubles_the_wait_up_to_a_limit() -> None:
    backlog: Backlog[str] = Backlog()
    waits = []
    for _ in range(10):
        backlog.retry(HERE, ["a"], 0.0)
        waits.append(backlog.due_in_s(0.0))
        assert backlog.take_due(LONGEST_RETRY_S) == ["a"]
    assert waits[:3] == [FIRST_RETRY_S, 2 * FIRST_RETRY_S, 4 * FIRST_RETRY_S]
    assert waits[-1] == LONGEST_RETRY_S
    backlog.succeeded(HERE)
    backlog.retry(HERE, ["a"], 0.0)
    assert backlog.due_in_s(0.0) == FIRST_RETRY_S


def test_what_is_new_waits_behind_what_comes_again_of_its_node() -> None:
    backlog: Backlog[str] = Backlog()
    assert not backlog.queued_behind(HERE, "new")
    backlog.retry(HERE, ["a", "b"], 0.0)
    assert backlog.queued_behind(HERE, "c")
    assert not backlog.queued_behind(HOUSE, "other")
    assert backlog.take_due(0.0) == []
    backlog.hold(HERE, ["z"], 0.0)
    assert backlog.take_due(100.0) == ["z", "a", "b", "c"]
    assert backlog.due_in_s(100.0) is None


def test_no_more_comes_again_at_once_than_is_wanted() -> None:
    backlog: Backlog[str] = Backlog(len)
    backlog.retry(HERE, ["a", "bbb", "c"], 0.0)
    backlog.retry(HOUSE, ["d"], 0.0)
    assert len(backlog) == 4
    assert backlog.take_due(1.0, 3) == ["a", "bbb"]
    backlog.retry(HERE, ["a", "bbb"], 0.0)  # they failed once more, and come before the rest
    backlog.queued_behind(HERE, "e")
    assert backlog.take_due(1.0, 5) == ["a", "bbb", "c"]
    assert backlog.take_due(1.0) == ["e", "d"]
    assert len(backlog) == 0
