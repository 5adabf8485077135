"""What is parked stays in order and survives crashes; too much of it stops a node."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wire.envelopes import encode_envelope
from clearing.calendar import Instant
from clearing.errors import Conflict, Malformed, Unavailable
from clearing.messages import Address, Role
from clearing.ports import LogRecord
from services.node import machine
from services.node.command import Answered, Consumed, Delivery, HeldBack
from services.node.desk_letters import (
    DiscardDeadLetter,
    GetDeadLetter,
    ListDeadLetters,
    ReplayDeadLetters,
)
from services.node.limits import ParkingLimits, RecentFailures
from services.node.observer import Looked
from services.node.records import (
    ConsumedOffset,
    HeldKey,
    LetterState,
    ParkedRecord,
    SeenMessage,
)
from tests.services.node.plain_node import ROLE, PlainNode, delivery, opened, request

TOPIC = "yidi.care.310000"


def _bad(offset: int, key: str = "k") -> Delivery:
    return delivery(offset, "none", 9, result="note", error="bug", key=key)


def _good(offset: int, amount: int, key: str = "k") -> Delivery:
    return delivery(offset, "none", amount, result="note", key=key)


def _handle(node: PlainNode, payload: Any) -> Any:
    """Let the node's own handler of the desk answer, past the codec of the plain node."""
    result: list[Any] = []

    def work(batch: Any) -> None:
        request_ = request(payload, "act")
        context = batch.context(business_time=batch.around.clock.now(), meta=request_.meta)
        with batch.unit.attempt():
            result.append(batch.handle(payload, context))
            batch.collect(context)

    node.machine._transact(work)
    return result[0]


def _mended(node: PlainNode) -> None:
    """Carry out what failed before, as a version without the bug does."""
    from tests.services.node import plain_node

    def handler(message: Any, context: Any) -> Any:
        good = replace(message, debit_id="none")
        return plain_node._answered(good, context)

    from clearing.messages import DebitDecided
    from services.node.desk import with_desk

    role = machine.Role({**ROLE.handlers, DebitDecided: handler})
    node.machine._around = replace(node.machine._around, role=with_desk(role))


def test_later_ones_of_its_key_wait_and_others_go_on() -> None:
    with opened() as node:
        node.machine.run([_bad(0), _good(1, 1), _good(2, 2, "other"), _good(3, 3)])
        assert node.total("answers") == 2
        states = [(row.offset, str(row.state), row.code) for row in node.rows(ParkedRecord)]
        assert states == [
            (0, "parked", "internal"),
            (1, "behind", "behind_parked"),
            (3, "behind", "behind_parked"),
        ]
        assert node.rows(HeldKey) == [HeldKey(TOPIC, "k", 3)]
        _mended(node)
        done = _handle(node, ReplayDeadLetters("li", "mended"))
        assert (done.replayed, done.unresolved) == (3, 0)
        assert node.total("answers") == 2913  # in order
        assert node.rows(HeldKey) == [HeldKey(TOPIC, "k", 0)]
        node.machine.run([_good(4, 4)])
        assert node.total("answers") == 29134


def test_a_message_of_another_node_is_carried_out_by_nobody_here() -> None:
    """A copy of it on another node's topic, as somebody made it who moved records by hand."""
    ours = _good(0, 7)
    assert ours.envelope is not None
    theirs = replace(ours.envelope, receiver=Address(Role.CARE, "440700"))
    record = replace(ours.record, value=encode_envelope(theirs))
    with opened() as node:
        node.machine.run([Delivery(record, theirs), _good(1, 1, "other")])
        assert node.total("answers") == 1
        (letter,) = node.rows(ParkedRecord)
        assert (letter.state, letter.code, letter.kind) == ("parked", "misdirected", "")
        assert "care/440700" in letter.reason
        assert all(row.message_id != theirs.message_id for row in node.rows(SeenMessage))
        done = _handle(node, ReplayDeadLetters("li", "try"))
        assert (done.replayed, done.failed) == (0, 1)
        assert done.letters[0].code == "misdirected"
        _handle(node, DiscardDeadLetter(f"{TOPIC}/0/0", "li", "not ours"))
        assert node.total("answers") == 1
        node.machine.run([replace(ours, record=replace(ours.record, offset=2))])
        assert node.total("answers") == 17  # ours came in its own right


def test_a_message_of_another_node_that_spoils_a_batch_is_parked_as_one() -> None:
    ours = _good(0, 7)
    assert ours.envelope is not None
    theirs = replace(ours.envelope, receiver=Address(Role.CARE, "440700"))
    with opened() as node:
        node.machine.park(Delivery(ours.record, theirs), Malformed("x", "x", "x"), 3)
        (letter,) = node.rows(ParkedRecord)
        assert (letter.code, letter.kind) == ("misdirected", "")


def test_they_come_in_the_order_of_the_log_whatever_the_clocks_said() -> None:
    """Each was set aside by another process perhaps, whose clock was another."""
    with opened() as node:
        node.machine.run([_bad(0), _good(1, 1)])
        node.clock.pass_ms(-3_000)
        node.machine.run([_good(2, 2)])
        _mended(node)
        _handle(node, ReplayDeadLetters("li", "mended"))
        assert node.total("answers") == 912


def test_a_key_that_was_released_can_be_held_again() -> None:
    with opened() as node:
        node.machine.run([_bad(0)])
        _handle(node, DiscardDeadLetter(f"{TOPIC}/0/0", "li", "away"))
        assert _handle(node, ListDeadLetters()).unresolved == 0
        assert node.machine.look() == Looked(0, 0, None)
        node.machine.run([_good(1, 1), _bad(2), _good(3, 3)])
        assert node.total("answers") == 1
        assert node.rows(HeldKey) == [HeldKey(TOPIC, "k", 2)]
        assert node.machine.look() == Looked(1, 1, None)


@pytest.mark.parametrize("ids", [(), (f"{TOPIC}/0/1",)])
def test_of_letters_behind_none_that_is_parked_the_first_is_replayed(ids: tuple[str, ...]) -> None:
    """An earlier version could lose what led a key, and counted it still."""
    with opened() as node:
        node.machine.run([_bad(0), _good(1, 1), _good(2, 2), _bad(3, "other"), _good(4, 4)])

        def lose_the_first(batch: Any) -> None:
            letters = batch.unit.table(ParkedRecord)
            letters.put(replace(letters.get(TOPIC, 0, 0), state=LetterState.REPLAYED))

        node.machine._transact(lose_the_first)
        with pytest.raises(Conflict, match=f"behind care/310000/{TOPIC}/0/1, an earlier"):
            _handle(node, ReplayDeadLetters("li", "x", (f"{TOPIC}/0/2",)))
        done = _handle(node, ReplayDeadLetters("li", "stuck", ids))
        assert done.replayed == 3
        assert node.total("answers") == 124
        node.machine.run([_good(5, 5)])
        assert node.total("answers") == 1245
        held = {row.key: row.unresolved for row in node.rows(HeldKey)}
        assert held == {"k": 0, "other": 1}


def test_a_repeat_of_what_was_replayed_or_discarded_has_no_effect() -> None:
    with opened() as node:
        node.machine.run([_bad(0), _bad(1, "other")])
        _handle(node, DiscardDeadLetter(f"{TOPIC}/0/1", "li", "not wanted"))
        _mended(node)
        _handle(node, ReplayDeadLetters("li", "mended"))
        again = [replace(_bad(0)), _bad(1, "other")]
        node.machine.run(again)  # the log gives them once more, at the same offsets
        repeats = [
            Delivery(replace(one.record, offset=one.record.offset + 5), one.envelope)
            for one in again
        ]
        node.machine.run(repeats)  # and somebody wrote them twice
        assert node.total("answers") == 9
        assert sorted(str(row.state) for row in node.rows(ParkedRecord)) == [
            "discarded",
            "replayed",
        ]


def test_an_unreadable_one_read_again_stays_as_it_was_resolved() -> None:
    with opened() as node:
        record = LogRecord(TOPIC, 0, 0, "k", b"\xff", Instant(0))
        unreadable = Delivery(record, None, Malformed("field_missing", "x", "x", field="a.b"))
        node.machine.run([unreadable])
        (row,) = node.rows(ParkedRecord)
        assert row.reason == "the field a.b cannot be read"
        _handle(node, DiscardDeadLetter(f"{TOPIC}/0/0", "li", "not wanted"))
        node.machine.run([unreadable])
        assert [str(row.state) for row in node.rows(ParkedRecord)] == ["discarded"]
        assert node.rows(HeldKey) == [HeldKey(TOPIC, "k", 0)]


@pytest.mark.parametrize("at", ["before", "after"])
@pytest.mark.parametrize("act", ["replay", "discard"])
def test_a_crash_at_any_commit_leaves_all_or_nothing(tmp_path: Path, at: str, act: str) -> None:
    path = tmp_path / "node.sqlite3"
    with opened(path) as node:
        node.machine.run([_bad(0), _good(1, 1)])
    payload: Any = ReplayDeadLetters("li", "mended")
    if act == "discard":
        payload = DiscardDeadLetter(f"{TOPIC}/0/0", "li", "away")
    with opened(path) as node:
        _mended(node)
        if at == "before":
            node.store.failures = 1
            with pytest.raises(Exception, match="made to fail"):
                _handle(node, payload)
        else:
            _handle(node, payload)
    with opened(path) as node:
        states = [str(row.state) for row in node.rows(ParkedRecord)]
        done = 0 if at == "before" else 2
        assert states == (
            ["parked", "behind"]
            if at == "before"
            else ["discarded" if act == "discard" else "replayed", "replayed"]
        )
        assert len(node.rows(SeenMessage)) == done
        assert node.rows(HeldKey) == [HeldKey(TOPIC, "k", 2 - done)]


def test_a_node_stops_at_its_limit_and_goes_on_when_somebody_acted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "node.sqlite3"
    limits = ParkingLimits(max_unresolved=3)
    batch = [_bad(number, f"k{number}") for number in range(5)]
    with opened(path, limits=limits) as node:
        with caplog.at_level(logging.CRITICAL):
            result = node.machine.run(batch)
        assert result.results == [Consumed()] * 3 + [HeldBack()] * 2
        assert not node.machine.consuming
        assert node.rows(ConsumedOffset) == [ConsumedOffset(TOPIC, 0, 3)]
        (record,) = caplog.records
        assert "3 messages are parked, the first with internal" in record.getMessage()
    with opened(path, limits=limits) as node:  # a restart changes nothing
        assert node.machine.run(batch[3:]).results == [HeldBack()] * 2
        _mended(node)
        _handle(node, ReplayDeadLetters("li", "mended"))
        assert node.machine.run(batch[3:]).results == [Consumed()] * 2
        assert node.machine.consuming
        assert node.machine.offsets() == {next(iter(node.machine.offsets())): 5}


def test_a_batch_stands_where_the_database_is_away_when_the_limit_is_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Why it stops is looked up after the commit: what the batch did is told and sent."""
    with opened(limits=ParkingLimits(max_unresolved=1)) as node:
        work = node.machine.open([_bad(0), _good(1, 1, "other")])
        away = Unavailable("database_unavailable", "away", "away")
        with monkeypatch.context() as patched:
            patched.setattr(node.store, "begin", Mock(side_effect=away))
            result = work.commit()
        assert result.results == [Consumed(), HeldBack()]
        assert not node.machine.consuming
        assert node.rows(ConsumedOffset) == [ConsumedOffset(TOPIC, 0, 1)]


def test_a_share_of_the_last_messages_stops_it_too() -> None:
    limits = ParkingLimits(max_share_bp=2_000, window=10)
    with opened(limits=limits) as node:
        node.machine.run([_good(number, 1, "g") for number in range(4)])
        node.machine.run([_bad(4, "a"), _bad(5, "b"), _good(6, 1, "g")])
        assert node.machine.consuming
        result = node.machine.run([_bad(7, "c"), _good(8, 1, "g")])
        assert result.results == [Consumed(), HeldBack()]
        assert node.machine.run([_good(8, 1, "g")]).results == [HeldBack()]
        _handle(node, DiscardDeadLetter(f"{TOPIC}/0/4", "li", "away"))
        assert node.machine.run([_good(8, 1, "g")]).results == [Consumed()]
        assert node.machine.consuming


@given(st.lists(st.booleans(), max_size=60))
def test_the_window_holds_exactly_the_last_messages(failed: list[bool]) -> None:
    limits = ParkingLimits(max_share_bp=3_000, window=20)
    recent = RecentFailures(limits)
    stopped = False
    for number, one in enumerate(failed, start=1):
        recent.add([one], unresolved=number)
        stopped = stopped or sum(failed[max(0, number - 20) : number]) > 6
        assert recent.are_too_many(number) == stopped


def test_letters_come_in_pages() -> None:
    with opened() as node:
        node.machine.run([_bad(number, f"k{number % 2}") for number in range(7)])
        found: list[str] = []
        after = ""
        while True:
            page = _handle(node, ListDeadLetters(page_size=3, after=after))
            found += [letter.id for letter in page.letters]
            after = page.next_after
            if not after:
                break
        assert found == [f"{TOPIC}/0/{number}" for number in range(7)]
        assert page.unresolved == 7
        heads = _handle(node, ListDeadLetters(state="parked"))
        assert [letter.key for letter in heads.letters] == ["k0", "k1"]
        assert len(_handle(node, ListDeadLetters(code="internal", key="k1")).letters) == 1
        content = _handle(node, GetDeadLetter(f"{TOPIC}/0/0"))
        assert content.value == _bad(0).record.value
        assert '"debit_decided"' in content.content


def test_a_repeat_of_a_pending_request_is_told_at_once_why_it_is_unknown() -> None:
    from tests.services.node.plain_node import AskHouse, Total

    with opened() as node:
        node.send(AskHouse("a"))

        def tell(batch: Any) -> None:
            context = batch.context(business_time=Instant(0))
            reason = Malformed("why", "because", "因为")
            context.tell_unknown("desk", "q1", Total("unknown", 0), reason)
            context.tell_unknown("desk", "none", Total("unknown", 0), reason)
            batch.collect(context)

        told = node.machine._transact(tell)
        assert told.completed == {("desk", "q1"): Answered(Total("unknown", 0))}
        assert node.send(AskHouse("a")) == Answered(Total("unknown", 0))
        node.machine.run([delivery(0, "q1", 7)])
        assert node.send(AskHouse("a")) == Answered(Total("q1", 7))
