"""A message that cannot be processed stops one member, not the region; and every unknown ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from clearing.errors import Conflict, Rejected
from clearing.messages import RequestParked, SettlementDecided, SettleRequested
from clearing.settlement import SettlementState
from services.care_region import commands as ask
from services.care_region.verifying import verify_care
from services.insured_region import records as at_insured
from services.insured_region.verifying import verify_insured
from services.node import topics
from services.node.command import Answered, Waiting
from services.node.context import Context
from services.node.desk_letters import (
    DeadLetter,
    DiscardDeadLetter,
    GetDeadLetter,
    ListDeadLetters,
    ReplayDeadLetters,
)
from services.node.records import HeldKey
from services.simulator.plans import NodePlan, insured_plan
from tests.network_pump import answer_of
from tests.services.care_region.counter import CARE, HOME, NOON, Counter, counter_open

DEADLINE_MS = 20_000


def _broken_for(*members: str) -> Any:
    plan = insured_plan(HOME.region)
    decide = plan.role.handlers[SettleRequested]

    def settle(asked: SettleRequested, context: Context) -> Any:
        if asked.member_id in members:
            raise KeyError("no name of anybody is to be told")
        return decide(asked, context)

    return _with(plan, SettleRequested, settle)


def _with(plan: NodePlan, body: type, handler: Any) -> NodePlan:
    handlers = {**plan.role.handlers, body: handler}
    return replace(plan, role=replace(plan.role, handlers=handlers))


@pytest.fixture
def counter() -> Iterator[Counter]:
    """A counter whose patients' region cannot decide anything of E1."""
    with counter_open() as opened:
        opened.member("E1")
        opened.member("E2")
        opened.pump.restart(HOME, _broken_for("E1"))
        yield opened
        assert opened.pump.look(CARE, lambda unit: verify_care(unit, CARE.region))[1] == ""
        assert opened.pump.look(HOME, lambda unit: verify_insured(unit, HOME.region))[1] == ""


def _letters(counter: Counter, state: str = "") -> tuple[DeadLetter, ...]:
    found: tuple[DeadLetter, ...] = counter.pump.ask(HOME, ListDeadLetters(state=state)).letters
    return found


def _act(counter: Counter, payload: Any, request_id: str = "act") -> Any:
    return answer_of(counter.pump.request(HOME, payload, "ops", request_id, NOON))


def _parked(counter: Counter) -> str:
    """Settle a visit of each member; return the one letter that comes of it."""
    for name in ("E1", "E2"):
        visit = counter.visit(name, 100_000, key=name)
        assert isinstance(counter.send(f"s-{name}", ask.Settle(visit)), Waiting)
    counter.flow()
    (letter,) = _letters(counter)
    return letter.id


def test_one_member_waits_and_is_told_why_and_the_others_go_on(counter: Counter) -> None:
    _parked(counter)
    assert counter.answer("s-E2").state is SettlementState.SETTLED
    (letter,) = _letters(counter)
    assert (letter.state, letter.code, letter.kind) == ("parked", "internal", "SettleRequested")
    assert letter.reason.startswith("KeyError at ")
    assert "nobody" not in letter.reason
    assert letter.attempts == 1
    seen = counter.outcome("s-E1")
    assert (seen.pending, seen.code) == (True, "internal")
    assert seen.settlement is not None
    assert seen.settlement.state is SettlementState.REQUESTED
    again = counter.send("s-E1", ask.Settle(seen.settlement.visit_id))
    assert isinstance(again, Answered)  # at once: unknown, with the reason
    assert (again.body.state, again.body.code) == (SettlementState.REQUESTED, "internal")


def test_a_reversal_waits_behind_and_both_are_carried_out_in_order(counter: Counter) -> None:
    letter_id = _parked(counter)
    counter.reverse("r", "s-E1", "E1")
    counter.flow()
    assert [letter.state for letter in _letters(counter)] == ["parked", "behind"]
    assert (counter.outcome("r").pending, counter.outcome("r").code) == (True, "behind_parked")
    behind = _letters(counter, "behind")[0]
    with pytest.raises(Conflict, match="letter_behind"):
        _act(counter, ReplayDeadLetters("ops", "try", (behind.id,)), "early")
    failed = _act(counter, ReplayDeadLetters("ops", "try", (letter_id,)), "again")
    assert (failed.replayed, failed.failed, failed.unresolved) == (0, 1, 2)
    counter.pump.restart(HOME, insured_plan(HOME.region))
    done = _act(counter, ReplayDeadLetters("ops", "mended", (letter_id,)))
    assert (done.replayed, done.failed, done.unresolved) == (2, 0, 0)
    assert _act(counter, ReplayDeadLetters("ops", "mended", (letter_id,))) == done
    counter.flow()
    assert counter.answer("r").result == "reversed"
    assert counter.answer("s-E1").state is SettlementState.SETTLED
    replayed = _letters(counter, "replayed")
    assert [(one.attempts, one.act_by, one.act_why) for one in replayed] == [
        (3, "ops", "mended"),
        (1, "ops", "mended"),
    ]
    assert [key.unresolved for key in counter.pump.rows(HOME, HeldKey)] == [0]


def test_a_request_replayed_past_its_deadline_has_expired(counter: Counter) -> None:
    letter_id = _parked(counter)
    counter.pump.restart(HOME, insured_plan(HOME.region))
    counter.pump.clock.pass_ms(DEADLINE_MS + 1_000)
    assert _act(counter, ReplayDeadLetters("ops", "mended", (letter_id,))).replayed == 1
    counter.flow()
    answer = counter.answer("s-E1")
    assert (answer.state, answer.code) == (SettlementState.EXPIRED, "deadline_passed")
    settled = counter.pump.rows(HOME, at_insured.Settlement)
    assert [row.member_id for row in settled] == ["E2"]
    assert not counter.outcome("s-E1").pending
    assert counter.settle("s2", answer.visit_id).state is SettlementState.SETTLED


def test_a_discarded_request_is_answered_and_those_behind_go_on(counter: Counter) -> None:
    letter_id = _parked(counter)
    counter.reverse("r", "s-E1", "E1")
    counter.flow()
    gone = _act(counter, DiscardDeadLetter(letter_id, "ops", "cannot be mended"))
    assert gone.letter.state == "discarded"
    assert [letter.state for letter in gone.released] == ["replayed"]
    counter.flow()
    assert counter.answer("s-E1").state is SettlementState.EXPIRED
    assert counter.answer("r").result == "tombstoned"
    assert _letters(counter) == ()


def test_one_behind_may_be_discarded_by_itself(counter: Counter) -> None:
    _parked(counter)
    counter.reverse("r", "s-E1", "E1")
    counter.flow()
    behind = _letters(counter, "behind")[0]
    gone = _act(counter, DiscardDeadLetter(behind.id, "ops", "not wanted any more"))
    assert (gone.letter.state, gone.released, gone.unresolved) == ("discarded", (), 1)
    counter.flow()
    with pytest.raises(Rejected, match="message_discarded"):
        counter.answer("r")
    assert counter.outcome("s-E1").pending


def test_a_request_that_nobody_can_read_ends_with_its_reversal(counter: Counter) -> None:
    """What is discarded unread answers nobody; the hospital's reversal ends the unknown."""
    counter.pump.restart(HOME, insured_plan(HOME.region))
    visit = counter.visit("E1", 100_000)
    counter.send("s1", ask.Settle(visit))
    unpublished = counter.pump.world.process(CARE).unpublished
    (at,) = [at for at, row in enumerate(unpublished) if row.topic == topics.inbound(HOME)]
    unpublished[at] = replace(unpublished[at], value=b"\xff" + unpublished[at].value)
    counter.reverse("r", "s1", "E1")
    counter.flow()
    head, behind = _letters(counter)
    assert (head.code, head.kind, behind.state) == ("record_unreadable", "", "behind")
    shown = counter.pump.ask(HOME, GetDeadLetter(head.id))
    assert (shown.value[:1], shown.content) == (b"\xff", "")
    assert '"undo_requested"' in counter.pump.ask(HOME, GetDeadLetter(behind.id)).content
    _act(counter, DiscardDeadLetter(head.id, "ops", "unreadable"))
    counter.flow()
    assert counter.answer("r").result == "tombstoned"
    assert counter.answer("s1").state is SettlementState.EXPIRED
    assert counter.visit_state(visit) == "open"


def test_a_decision_that_is_awaited_is_not_discarded(counter: Counter) -> None:
    plan = counter.pump.world.plans[CARE]

    def fail(message: Any, context: Context) -> Any:
        raise ZeroDivisionError

    counter.pump.restart(CARE, _with(plan, SettlementDecided, fail))
    visit = counter.visit("E2", 100_000)
    counter.send("s1", ask.Settle(visit))
    counter.flow()
    assert counter.outcome("s1").code == "internal"
    (letter,) = counter.pump.ask(CARE, ListDeadLetters()).letters
    discard = DiscardDeadLetter(letter.id, "ops", "away with it")
    with pytest.raises(Rejected, match="not_discardable"):
        answer_of(counter.pump.request(CARE, discard, "ops", "d", NOON))
    counter.pump.restart(CARE, plan)
    replay = ReplayDeadLetters("ops", "mended", (letter.id,))
    assert answer_of(counter.pump.request(CARE, replay, "ops", "r", NOON)).replayed == 1
    assert counter.answer("s1").state is SettlementState.SETTLED
    assert counter.outcome("s1").code == ""


def test_the_notice_that_a_request_is_parked_names_nobody() -> None:
    names = set(RequestParked.__dataclass_fields__)
    assert names == {"code", "message_zh", "message_en", "settlement_id", "undo_id"}
