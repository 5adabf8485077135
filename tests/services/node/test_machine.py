"""A batch commits whole or has no effect; what it tells others survives every crash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.wire.envelopes import decode_envelope
from clearing.calendar import Instant
from clearing.errors import InvariantBroken, Malformed, Unavailable
from clearing.ports import LogRecord, TopicPartition
from services.node import machine
from services.node.command import Answered, Command, Consumed, Delivery, Waiting
from services.node.machine import records_of
from services.node.records import Outgoing, ParkedRecord, RequestEntry, SeenMessage
from tests.services.node.plain_node import (
    ERRORS,
    ROLE,
    Add,
    AskHouse,
    Total,
    delivery,
    opened,
    request,
)

PLACE = TopicPartition("yidi.care.310000", 0)


def _ids(rows: list[Outgoing]) -> list[str]:
    return [decode_envelope(row.value).message_id for row in rows]


def test_a_commit_that_fails_has_no_effect_and_may_be_tried_again() -> None:
    with opened() as node:
        node.send(AskHouse("a"))
        batch: list[Command] = [delivery(0, "q1", 7), request(Add("b", 5), "q2")]
        node.store.failures = 1
        with pytest.raises(Unavailable):
            node.machine.run(batch)
        assert node.machine.offsets() == {}
        assert (node.total("b"), node.rows(SeenMessage)) == (0, [])
        assert node.send(AskHouse("a")) == Waiting("desk", "q1")
        result = node.machine.run(batch)
        assert result.results == [Consumed(), Answered(Total("b", 5))]
        assert node.machine.offsets() == {PLACE: 1}
        assert [row.sequence for row in node.rows(Outgoing)] == [1, 3]  # 2 might have been kept


def test_offsets_are_written_with_the_effects(tmp_path: Path) -> None:
    with opened(tmp_path / "node.sqlite3") as node:
        node.send(AskHouse("a"))
        node.machine.run([delivery(4, "q1", 7), delivery(5, "none", 1, result="note")])
    with opened(tmp_path / "node.sqlite3") as node:
        assert node.machine.offsets() == {PLACE: 6}
        assert node.total("answers") == 71


def test_a_message_that_comes_again_is_ignored() -> None:
    with opened() as node:
        node.machine.run([delivery(0, "none", 3, result="note", message_id="m")])
        again = delivery(1, "none", 3, result="note", message_id="m")
        assert node.machine.run([again, again]).results == [Consumed(), Consumed()]
        assert node.total("answers") == 3
        assert node.machine.offsets() == {PLACE: 2}


def test_what_was_not_published_is_published_after_a_crash_under_the_same_ids(
    tmp_path: Path,
) -> None:
    with opened(tmp_path / "node.sqlite3") as node:
        written = node.machine.run([request(Add("a", 1), "q1"), request(Add("a", 2), "q2")])
        first, second = written.outgoing
        node.machine.mark_published([first.sequence])
        node.send(Add("a", 4), "q3")  # the published row goes with this commit
    with opened(tmp_path / "node.sqlite3") as node:
        left = node.machine.unpublished
        assert [row.sequence for row in left] == [2, 3]
        assert _ids(left)[0] == _ids([second])[0]
        assert [record.value for record in records_of(left)] == [row.value for row in left]
        node.send(Add("a", 8), "q4")
        assert [row.sequence for row in node.rows(Outgoing)] == [2, 3, 4]


def test_published_rows_stay_until_a_commit_takes_them_away() -> None:
    with opened() as node:
        node.send(Add("a", 1))
        node.machine.mark_published([1])
        node.store.failures = 1
        with pytest.raises(Unavailable):
            node.machine.flush_published()
        assert len(node.rows(Outgoing)) == 1
        node.machine.flush_published()
        assert node.rows(Outgoing) == []
        node.send(Add("a", 1), "q2")
        assert [row.sequence for row in node.rows(Outgoing)] == [2]


@pytest.mark.parametrize("error", ["Rejected", "Conflict", "bug"])
def test_a_message_that_cannot_be_carried_out_is_parked_whole(error: str) -> None:
    with opened() as node:
        bad = delivery(0, "none", 3, result="note", error=error)
        node.machine.run([bad, delivery(1, "none", 4, result="note", key="other")])
        (parked,) = node.rows(ParkedRecord)
        assert (parked.topic, parked.partition, parked.offset) == (PLACE.topic, 0, 0)
        assert parked.value == bad.record.value
        assert parked.code == ("internal" if error == "bug" else "made_to_fail")
        assert node.total("answers") == 4
        assert node.machine.offsets() == {PLACE: 2}


def test_an_unreadable_record_is_parked() -> None:
    with opened() as node:
        record = LogRecord(PLACE.topic, 0, 0, "k", b"\xff", Instant(0))
        node.machine.run([Delivery(record, None, Malformed("record_unreadable", "x", "x"))])
        (parked,) = node.rows(ParkedRecord)
        assert (parked.code, parked.value) == ("record_unreadable", b"\xff")
        assert node.machine.offsets() == {PLACE: 1}


def test_a_message_that_has_to_wait_for_somebody_is_not_consumed() -> None:
    with opened() as node:
        with pytest.raises(Unavailable):
            node.machine.run([delivery(0, "none", 1, result="note", error="Unavailable")])
        assert node.machine.offsets() == {}
        assert node.rows(ParkedRecord) == []


@pytest.mark.parametrize("by_message", [False, True])
def test_broken_books_halt_the_node(by_message: bool) -> None:
    broken: Any = request(Add("a", 1, "InvariantBroken"), "q2")
    if by_message:
        broken = delivery(0, "none", 1, result="note", error="InvariantBroken")
    with opened() as node:
        node.send(Add("a", 5))
        with pytest.raises(InvariantBroken):
            node.machine.run([request(Add("a", 1), "q3"), broken])
        for batch in ([request(Add("a", 1), "q4")], []):
            with pytest.raises(InvariantBroken):
                node.machine.run(batch)
        assert node.total("a") == 5
        assert len(node.rows(RequestEntry)) == 1


def test_completing_a_request_twice_is_a_broken_book() -> None:
    with opened() as node:
        node.send(AskHouse("a"))
        node.machine.run([delivery(0, "q1", 1)])
        with pytest.raises(InvariantBroken):
            node.machine.run([delivery(1, "q1", 1)])


def test_a_message_that_cannot_be_written_leaves_nothing_behind() -> None:
    with opened() as node:
        result = node.machine.run(
            [request(Add("a", 1 << 70), "q1"), request(Add("b", 2), "q2")]  # no int64
        )
        assert [type(one).__name__ for one in result.results] == ["Failed", "Answered"]
        assert len(result.outgoing) == 1
        assert node.rows(Outgoing) == result.outgoing
        assert node.total("a") == 0


def test_a_tick_is_a_transaction_of_its_own() -> None:
    def on_tick(context: Any) -> None:
        table = context.table(Total)
        ticks = table.get("ticks") or Total("ticks", 0)
        table.put(Total("ticks", ticks.total + 1))
        if ticks.total == 1:
            raise ERRORS["Rejected"]
        if ticks.total > 1:
            raise AssertionError("the second tick left something behind")

    role = machine.Role(ROLE.handlers, on_tick)
    with opened(role=role) as node:
        node.machine.tick()
        for _ in range(2):
            with pytest.raises(type(ERRORS["Rejected"])):
                node.machine.tick()
        assert node.total("ticks") == 1
        assert node.send(Add("a", 1)) == Answered(Total("a", 1))
