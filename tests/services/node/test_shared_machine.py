"""Several processes of one node on one database: outbox rows, leftovers, answers, offsets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.db.postgres import Postgres
from adapters.db.store import SqlStore
from adapters.wire.envelopes import encode_envelope
from clearing.errors import Conflict, InvariantBroken, YidiError
from clearing.messages import DebitDecided
from clearing.ports import TableSpec, TopicPartition
from services.node.command import Answered, Final, Waiting
from services.node.context import Context
from services.node.desk_letters import DiscardDeadLetter, ReplayDeadLetters
from services.node.machine import Role
from services.node.records import SPECS, ConsumedOffset, OutboxWriter
from services.node.shared_machine import (
    GENERATION_MS,
    GENERATIONS_BEGIN,
    LEFT_OVER_MS,
    SharedMachine,
)
from services.node.waiting import LOOK_S, WaitingCalls
from tests.contracts.postgres_server import postgres_url, schema_of
from tests.network_pump import CountingIds, FakeClock
from tests.services.node.plain_node import (
    HERE,
    ROLE,
    Add,
    AskHouse,
    JsonAnswers,
    Show,
    Total,
    delivery,
    request,
)

_SPECS = (*SPECS, TableSpec(Total, "total", ("name",)))


class _Processes:
    """Processes of one node, each with a connection of its own to the same database."""

    def __init__(self, database: Any) -> None:
        self.clock = FakeClock()
        self._database = database
        self._ids = CountingIds()  # shared: ids differ between processes
        self._started: list[SharedMachine] = []

    def start(self, role: Role = ROLE) -> SharedMachine:
        store = SqlStore(self._database, _SPECS)
        machine = SharedMachine(
            HERE, role, store, self.clock, self._ids, JsonAnswers(), encode_envelope
        )
        self._started.append(machine)
        return machine

    def close(self) -> None:
        for machine in self._started:
            machine.close()


@pytest.fixture(params=["sqlite", "postgres"])
def processes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[_Processes]:
    database: Any = tmp_path / "node.sqlite3"
    if request.param == "postgres":
        database = Postgres(postgres_url(), schema_of(tmp_path))
    found = _Processes(database)
    yield found
    found.close()


def test_no_two_processes_number_a_row_alike(processes: _Processes) -> None:
    first, second = processes.start(), processes.start()
    rows = [
        row
        for number in range(3)
        for machine in (first, second)
        for row in machine.run([request(Add("x", 1), f"{id(machine)}.{number}")]).outgoing
    ]
    assert len({row.sequence for row in rows}) == len(rows) == 6
    third = processes.start()
    assert {row.sequence for row in third.unpublished} == {row.sequence for row in rows}
    ((fresh,),) = (third.run([request(Add("x", 1), "q")]).outgoing,)
    assert fresh.sequence > max(row.sequence for row in rows)


def test_what_a_dead_process_left_is_adopted_once_and_by_age(processes: _Processes) -> None:
    living, dead = processes.start(), processes.start()
    left = dead.run([request(Add("x", 1), "q1")]).outgoing
    own = living.run([request(Add("x", 1), "q2")]).outgoing
    assert living.leftovers() == []
    processes.clock.pass_ms(LEFT_OVER_MS + 1)
    assert living.leftovers() == left
    assert living.leftovers() == []
    living.mark_published([row.sequence for row in (*left, *own)])
    living.flush_published()
    assert processes.start().unpublished == []


def test_a_message_waits_for_the_one_another_process_wrote_before_it(
    processes: _Processes,
) -> None:
    first, second = processes.start(), processes.start()
    one = first.run([request(Add("x", 1), "q1")])
    other = second.run([request(Add("x", 2), "q2"), request(Add("y", 1), "q3")])
    assert first.in_turn(one) == one.outgoing
    assert [row.key for row in second.in_turn(other)] == ["y"]
    assert second.keeps_back
    assert second.released() == []
    third = first.run([request(Add("x", 3), "q4")])
    assert first.in_turn(third) == []  # it comes after the second one
    first.mark_published([row.sequence for row in one.outgoing])
    first.flush_published()
    released = second.released()
    assert [row.key for row in released] == ["x"]
    assert first.released() == []
    second.mark_published([row.sequence for row in released])
    second.flush_published()
    assert first.released() == third.outgoing
    assert not first.keeps_back


def test_a_process_that_starts_publishes_by_time_what_others_left(processes: _Processes) -> None:
    old, young = processes.start(), processes.start()
    first = young.run([request(Add("x", 1), "q1")]).outgoing
    processes.clock.pass_ms(5)
    second = old.run([request(Add("x", 2), "q2")]).outgoing
    assert processes.start().unpublished == [*first, *second]


def test_an_answer_is_found_whoever_learnt_it(processes: _Processes) -> None:
    asked, owner = processes.start(), processes.start()
    (waits,) = asked.run([request(AskHouse("x"), "q1")]).results
    assert waits == Waiting("desk", "q1")
    assert asked.answers_of([("desk", "q1"), ("desk", "none")]) == {}
    owner.run([delivery(0, "q1", 7)])
    assert asked.answers_of([("desk", "q1")]) == {("desk", "q1"): Answered(Total("q1", 7))}


def test_a_late_owner_moves_no_offset_back(processes: _Processes) -> None:
    late, owner = processes.start(), processes.start()
    late.run([request(AskHouse("x"), "q1"), request(AskHouse("y"), "q2")])
    owner.run([delivery(0, "q1", 1), delivery(1, "q2", 2)])
    late.run([delivery(0, "q1", 1)])
    assert owner.offsets() == {TopicPartition("yidi.care.310000", 0): 2}


def _put_back(processes: _Processes, *records: Any) -> None:
    """Have the database hold these records again, as a backup does."""
    store = SqlStore(processes._database, _SPECS)
    unit = store.begin()
    for record in records:
        unit.table(type(record)).put(record)
    unit.commit()
    store.close()


@pytest.mark.parametrize(
    "notice",
    [
        lambda node: node.run([delivery(3, "none", 1, result="note")]),
        lambda node: node.run([request(Add("x", 1), "q1")]),
        lambda node: node.run([request(Show("x"), "q1")]),
        lambda node: node.tick(),
        lambda node: node.offsets(),
    ],
    ids=["message", "request", "question", "tick", "offsets"],
)
def test_who_lives_when_its_database_is_put_back_goes_no_further(
    processes: _Processes, notice: Callable[[SharedMachine], Any]
) -> None:
    """It has read what the database lacks now, and would not read it again."""
    node = processes.start()
    node.run([delivery(number, "none", 1, result="note") for number in range(3)])
    _put_back(processes, ConsumedOffset("yidi.care.310000", 0, 1))
    with pytest.raises(InvariantBroken) as caught:
        notice(node)
    assert caught.value.code == "database_went_back"
    assert node.halted
    again = processes.start()
    assert again.offsets() == {TopicPartition("yidi.care.310000", 0): 1}


def test_who_was_not_there_yet_in_a_backup_goes_no_further(processes: _Processes) -> None:
    first, second = processes.start(), processes.start()
    first.tick()
    _put_back(processes, OutboxWriter(OutboxWriter.NEWEST, first._generation))
    first.tick()
    with pytest.raises(InvariantBroken) as caught:
        second.tick()
    assert caught.value.code == "database_went_back"


def test_what_starts_on_a_backup_numbers_its_rows_as_nobody_has(processes: _Processes) -> None:
    processes.clock.pass_ms(GENERATIONS_BEGIN)
    before = processes.start()
    _put_back(processes, OutboxWriter(OutboxWriter.NEWEST, 1))
    processes.clock.pass_ms(GENERATION_MS)
    after = processes.start()
    assert after._generation > before._generation


@pytest.mark.parametrize("act", ["replay", "discard"])
def test_what_is_parked_behind_a_letter_that_another_resolves_is_worked_out_again(
    processes: _Processes, act: str
) -> None:
    """Else it would stay behind nothing, and all later messages of its key with it."""
    mended = set[str]()

    def answered(message: DebitDecided, context: Context) -> None:
        good = replace(message, debit_id="none") if mended else message
        ROLE.handlers[DebitDecided](good, context)

    role = replace(ROLE, handlers={**ROLE.handlers, DebitDecided: answered})
    reads, desk = processes.start(role), processes.start(role)
    reads.run([delivery(0, "none", 1, result="note", error="bug")])
    mended.add("bug")
    behind = delivery(1, "none", 2, result="note")
    under_way = reads.open([behind])
    letter = "yidi.care.310000/0/0"
    payload: Any = DiscardDeadLetter(letter, "li", "away")
    if act == "replay":
        payload = ReplayDeadLetters("li", "mended", (letter,))
    assert isinstance(desk.run([request(payload, "q1")]).results[0], Answered)
    with pytest.raises(Conflict) as caught:
        under_way.commit()
    assert caught.value.code == "database_moved_on"
    reads.run([behind])
    total = reads.run([request(Show("answers"), "q2")]).results[0]
    assert total == Answered(Total("answers", 12 if act == "replay" else 2))


def _tell_unknown(message: DebitDecided, reason: YidiError, context: Context) -> None:
    view = Total(f"unknown {reason.code}", 0)
    context.tell_unknown("desk", message.settlement_id, view, reason)


TELLING = replace(ROLE, on_parked={DebitDecided: _tell_unknown})


def test_who_waits_is_told_unknown_by_whoever_parked_and_later_the_answer(
    processes: _Processes,
) -> None:
    asked, owner = processes.start(TELLING), processes.start(TELLING)
    waits = asked.run([request(AskHouse("x"), "q1")]).results[0]
    assert isinstance(waits, Waiting)
    calls = WaitingCalls([asked])
    call: Future[Final] = Future()
    calls.add(HERE, waits, call)
    calls.look()
    assert not call.done()
    owner.run([delivery(0, "q1", 7, result="note", error="Rejected")])
    time.sleep(LOOK_S)
    calls.look()
    unknown = Answered(Total("unknown made_to_fail", 0))
    assert call.result(0) == unknown
    third = processes.start(TELLING)
    for machine in (asked, owner, third):
        assert machine.run([request(AskHouse("x"), "q1")]).results == [unknown]
    owner.run([delivery(1, "q1", 7, key="another")])
    decided = Answered(Total("q1", 7))
    for machine in (asked, owner, third):
        assert machine.run([request(AskHouse("x"), "q1")]).results == [decided]
        assert machine.answers_of([("desk", "q1")]) == {("desk", "q1"): decided}
