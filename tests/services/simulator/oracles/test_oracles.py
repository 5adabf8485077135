"""The oracles see what is wrong in a world whose books somebody has tampered with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.db.memory import MemoryDisk
from clearing.errors import Conflict, Rejected, YidiError
from clearing.journal import JournalLine
from clearing.messages import HOUSE, Address
from clearing.period import Period, PeriodState
from clearing.position import Position
from clearing.report import ReportedLine
from services.care_region import records as at_care
from services.insured_region import records as at_insured
from services.node.command import Answered, Failed, Waiting
from services.node.day_book import BookedLine
from services.simulator import town
from services.simulator.calls import Sent
from services.simulator.history import check_same
from services.simulator.host import START
from services.simulator.oracles.resting import check_again, check_at_rest
from services.simulator.run import Run
from services.simulator.scheduler import Scheduler
from services.simulator.violation import Violation

SEED = 1


def played() -> Run:
    """Return a run that is over, with something in every book."""
    run = Run(SEED)
    scheduler = Scheduler(run.world, SEED)
    assert run.play(scheduler.next() for _ in range(1_000)).violation is None
    check_at_rest(run.world)
    check_again(run.world)
    return run


@pytest.fixture(scope="module")
def run() -> Run:
    return played()


def where(run: Run, record: type) -> Address:
    return next(at for at, disk in run.world.disks.items() if disk.tables.get(record) and
                disk.tables[record].records)  # fmt: skip


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Violation) as caught:
        call()
    return caught.value.code


def twist(record: Any) -> Any:
    """Return the record with a little more money in it."""
    for name in ("amount_fen", "balance_fen", "total_fen", "waiting"):
        if hasattr(record, name):
            return replace(record, **{name: getattr(record, name) + 1})
    return replace(record, values={"inpatient/fees": 1})


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (at_care.RegionLoad, "load_miscounted"),
        (at_insured.YearAccumulators, "accumulators_wrong"),
        (at_insured.Account, "account_wrong"),
        (Position, "position_wrong"),
        (BookedLine, "two_effects"),
        (JournalLine, "two_effects"),
    ],
)
def test_a_change_that_nothing_explains_is_seen_at_once(run: Run, record: type, code: str) -> None:
    at = where(run, record)
    kept: Any = run.world.rows(at, record)[0]

    def tamper() -> None:
        run.world.put(at, twist(kept))
        run.watch.check([])

    assert code_of(tamper) == code
    run.world.disks[at].watcher, watcher = None, run.world.disks[at].watcher
    run.world.put(at, kept)
    run.world.disks[at].watcher = watcher


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (at_care.RegionLoad, "load_miscounted"),
        (at_care.Settlement, "books_unsound"),
        (BookedLine, "books_differ"),
        (Position, "journal_wrong"),
        (ReportedLine, "books_unsound"),
        (at_insured.Account, "books_unsound"),
    ],
)
def test_books_that_differ_are_seen_at_rest(run: Run, record: type, code: str) -> None:
    at = where(run, record)
    disk = run.world.disks[at]
    kept: Any = run.world.rows(at, record)[0]
    watcher, disk.watcher = disk.watcher, None
    run.world.put(at, twist(kept))
    try:
        assert code_of(lambda: check_at_rest(run.world)) == code
    finally:
        run.world.put(at, kept)
        disk.watcher = watcher


def test_what_is_not_the_same_from_the_first_message_is_seen(run: Run) -> None:
    at = town.HOME
    mine, again = run.world.disks[at], run.world.again(at)
    check_same(at, mine, again, (at_insured.Settlement,))
    empty = MemoryDisk(run.world.plans[at].specs)
    call = lambda: check_same(at, mine, empty, (at_insured.Settlement,))  # noqa: E731 - it is named for the reader
    assert code_of(call) == "replay_differs"


def test_a_line_in_a_closed_period_is_seen() -> None:
    run = played()
    line = run.world.rows(HOUSE, JournalLine)[-1]
    run.world.put(HOUSE, Period(line.period, PeriodState.CLOSED, 2))
    late = replace(line, sequence=line.sequence + 1, line_id="late")
    assert code_of(lambda: run.world.put(HOUSE, late)) == "cut_off_broken"


def refusal(kind: type[YidiError]) -> Failed:
    return Failed(kind("a_code", "words", "文字"))


@pytest.mark.parametrize(
    ("later", "code"),
    [
        (Answered("another"), "two_answers"),
        (Waiting("s", "q"), "answer_forgotten"),
        (refusal(Conflict), "answer_forgotten"),
        (refusal(Rejected), "two_answers"),
        (refusal(YidiError), "internal_error"),
    ],
)
def test_a_caller_who_was_answered_hears_nothing_else(later: Any, code: str) -> None:
    sent = Sent(town.HOME, "s", "q", "payload", START)
    assert not sent.hear(Waiting("s", "q"), sent.known())
    assert sent.hear(Answered("one"), sent.known())
    assert not sent.hear(Answered("one"), sent.known())
    assert code_of(lambda: sent.hear(later, sent.known())) == code


@pytest.mark.parametrize("late", [Waiting("s", "q"), refusal(Conflict)])
def test_a_call_made_before_the_answer_may_be_told_of_the_time_before_it(late: Any) -> None:
    sent = Sent(town.HOME, "s", "q", "payload", START)
    known = sent.known()
    assert sent.hear(Answered("one"), sent.known())
    assert not sent.hear(late, known)
    assert sent.last == Answered("one")
    assert code_of(lambda: sent.hear(Answered("another"), known)) == "two_answers"
