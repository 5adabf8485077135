"""Cancelling, reversing, and reversing a cancellation; each once, whatever comes in between."""

from __future__ import annotations

import pytest

from clearing.errors import Conflict, Malformed, NotFound, Rejected
from clearing.settlement import SettlementState
from services.care_region import commands as ask
from services.care_region import records as at_care
from services.care_region.answers import ReversalAnswer
from services.insured_region import commands as desk
from services.insured_region import records as at_insured
from services.node.command import Waiting
from services.node.day_book import BookedLine
from services.node.records import RequestEntry
from tests.network_pump import answer_of
from tests.services.care_region.counter import CARE, FENGHUA, HOME, NOON_2020, Counter, H


@pytest.fixture
def settled(counter: Counter) -> tuple[str, str]:
    """Return a visit of E1 and its settlement, settled as ``s1``."""
    counter.member("E1")
    visit_id = counter.visit("E1", 100_000)
    return visit_id, counter.settle("s1", visit_id).settlement_id


def _accumulators(counter: Counter) -> dict[str, int]:
    rows = counter.pump.rows(HOME, at_insured.YearAccumulators)
    return {name: value for row in rows for name, value in row.values.items()}


def _undo(counter: Counter, request_id: str, settlement_id: str) -> None:
    counter.send(request_id, ask.CancelSettlement(settlement_id))
    counter.flow()


def test_a_request_reversed_before_it_came_never_does_anything(counter: Counter) -> None:
    counter.member("E1")
    visit_id = counter.visit("E1", 100_000)
    counter.reverse("r1", "s1", "E1")
    counter.flow()
    assert counter.answer("r1") == ReversalAnswer("tombstoned")
    for _ in range(2):
        with pytest.raises(Rejected) as caught:
            counter.do("s1", ask.Settle(visit_id))
        assert caught.value.code == "request_reversed"
    assert counter.outcome("s1").code == "request_reversed"
    assert answer_of(counter.reverse("r2", "s1", "E1")) == ReversalAnswer("tombstoned")
    assert counter.settle("s2", visit_id).state is SettlementState.SETTLED


def test_a_reversal_that_overtakes_the_decision_undoes_it(counter: Counter) -> None:
    counter.member("E1")
    visit_id = counter.visit("E1", 100_000)
    assert counter.send("s1", ask.Settle(visit_id)) == Waiting(H, "s1")
    assert counter.reverse("r1", "s1", "E1") == Waiting(H, "r1")
    with pytest.raises(Conflict):
        answer_of(counter.reverse("r2", "s1", "E1"))
    counter.flow()
    assert counter.answer("r1").state is SettlementState.REVERSED
    assert counter.outcome("s1").settlement == counter.seen(visit_id)
    assert counter.seen(visit_id).state is SettlementState.REVERSED
    assert _accumulators(counter) == {}
    assert counter.visit_state(visit_id) == "open"


def test_undoing_is_done_once(counter: Counter, settled: tuple[str, str]) -> None:
    visit_id, settlement_id = settled
    before = _accumulators(counter)
    counter.reverse("r1", "s1", "E1")
    counter.flow()
    again = answer_of(counter.reverse("r2", "s1", "E1"))
    assert again == counter.answer("r1") == answer_of(counter.reverse("r1", "s1", "E1"))
    assert (before != {}, _accumulators(counter)) == (True, {})
    with pytest.raises(Conflict):
        counter.do("c1", ask.CancelSettlement(settlement_id))
    assert counter.settle("s2", visit_id).state is SettlementState.SETTLED
    assert _accumulators(counter) == before


def test_a_cancelled_settlement_is_not_reversed_but_its_cancellation_is(
    counter: Counter, settled: tuple[str, str]
) -> None:
    visit_id, settlement_id = settled
    before = _accumulators(counter)
    _undo(counter, "c1", settlement_id)
    with pytest.raises(Conflict) as caught:
        answer_of(counter.reverse("r1", "s1", "E1"))
    assert caught.value.code == "settlement_cancelled"
    assert _accumulators(counter) == {}
    counter.reverse("r2", "c1", "E1")
    counter.flow()
    assert counter.answer("r2").state is SettlementState.SETTLED
    assert (_accumulators(counter), counter.visit_state(visit_id)) == (before, "settled")
    outcome = counter.outcome("c1").settlement
    assert outcome is not None
    assert outcome.state is SettlementState.SETTLED  # what it cancelled stands again
    # A second cancellation is another one; the first stays reversed.
    _undo(counter, "c2", settlement_id)
    assert answer_of(counter.reverse("r3", "c1", "E1")).result == "reversed"
    assert _accumulators(counter) == {}
    kinds = [row.kind for row in counter.pump.rows(CARE, BookedLine)]
    assert sorted(kinds) == ["cancellation", "cancellation", "restoration", "settlement"]


def test_a_cancellation_is_not_reversed_once_the_visit_moved_on(
    counter: Counter, settled: tuple[str, str]
) -> None:
    visit_id, settlement_id = settled
    _undo(counter, "c1", settlement_id)
    anew = counter.settle("s2", visit_id)
    with pytest.raises(Conflict) as caught:
        answer_of(counter.reverse("r1", "c1", "E1"))
    assert caught.value.code == "visit_settled_anew"
    _undo(counter, "c2", anew.settlement_id)
    counter.line(visit_id, 2, 5_000, "line2")
    with pytest.raises(Conflict) as caught:
        answer_of(counter.reverse("r1", "c1", "E1"))
    assert caught.value.code == "visit_changed"
    counter.do("w", ask.CancelVisit(visit_id))
    with pytest.raises(Conflict) as caught:
        answer_of(counter.reverse("r1", "c2", "E1"))
    assert caught.value.code == "visit_changed"


def test_the_first_settlement_comes_back_when_the_second_is_gone(
    counter: Counter, settled: tuple[str, str]
) -> None:
    visit_id, settlement_id = settled
    _undo(counter, "c1", settlement_id)
    anew = counter.settle("s2", visit_id)
    _undo(counter, "c2", anew.settlement_id)
    counter.reverse("r1", "c1", "E1")
    counter.flow()
    assert counter.answer("r1").settlement_id == settlement_id
    assert counter.seen(visit_id).settlement_id == settlement_id
    with pytest.raises(Conflict):
        answer_of(counter.reverse("r2", "c2", "E1"))


def test_an_earlier_visit_undone_leaves_the_later_ones_amounts(
    counter: Counter, settled: tuple[str, str]
) -> None:
    """The first visit used up the deductible; the second keeps its amounts without it."""
    later = counter.settle("s2", counter.visit("E1", 10_000, key="w"))
    assert later.payment.deductible_fen == 0
    _undo(counter, "c1", settled[1])
    rows = counter.pump.rows(HOME, at_insured.Settlement)
    (live,) = [row for row in rows if row.state is SettlementState.SETTLED]
    assert _accumulators(counter) == {k: v for k, v in live.additions.items() if v}
    assert dict(live.by_fund) == dict(later.payment.by_fund)


def test_who_asks_to_undo_must_know_what(counter: Counter, settled: tuple[str, str]) -> None:
    counter.member("E2")
    with pytest.raises(NotFound):
        counter.do("x1", ask.CancelSettlement("stl-unknown"))
    with pytest.raises(Rejected) as caught:
        answer_of(counter.reverse("x2", "s1", "E2"))
    assert (caught.value.code, caught.value.field) == ("reversal_mismatch", "member_id")
    with pytest.raises(Rejected) as caught:
        answer_of(counter.reverse("x2b", "s1", "E1", FENGHUA))
    assert (caught.value.code, caught.value.field) == ("reversal_mismatch", "insured_region")
    with pytest.raises(Rejected) as caught:
        answer_of(counter.reverse("x3", "v-open", "E1"))
    assert caught.value.code == "not_reversible"
    with pytest.raises(Rejected) as caught:
        answer_of(counter.reverse("x4", "x4", "E1"))
    assert caught.value.code == "not_reversible"
    with pytest.raises(Malformed) as malformed:
        answer_of(counter.reverse("x5", "no such id", "E1"))
    assert malformed.value.field == "target_request_id"


def _manual(counter: Counter) -> tuple[str, str]:
    counter.member("R1", FENGHUA)
    visit_id = counter.visit("R1", 100_000, at=FENGHUA)
    counter.send("s1", ask.Settle(visit_id), NOON_2020)
    counter.flow()
    answer = counter.answer("s1")
    assert (answer.state, answer.code) == (SettlementState.MANUAL, "unfiled_not_verified")
    assert answer.payment.personal_fen == 0
    return visit_id, answer.settlement_id


def test_a_manual_settlement_is_cancelled_restored_and_withdrawn(counter: Counter) -> None:
    visit_id, settlement_id = _manual(counter)
    _undo(counter, "c1", settlement_id)
    assert counter.seen(visit_id).state is SettlementState.CANCELLED
    assert [c.state for c in counter.pump.rows(FENGHUA, at_insured.ManualCase)] == ["withdrawn"]
    counter.reverse("r1", "c1", "R1", FENGHUA)
    counter.flow()
    assert counter.seen(visit_id).state is SettlementState.MANUAL
    assert [c.state for c in counter.pump.rows(FENGHUA, at_insured.ManualCase)] == ["open"]
    assert counter.pump.rows(CARE, BookedLine) == []


def test_what_a_person_decided_is_not_undone_and_stays_as_it_was(counter: Counter) -> None:
    visit_id, settlement_id = _manual(counter)
    decision = desk.DecideManualCase(settlement_id, {}, {}, "a clerk", "no papers")
    counter.at_desk(FENGHUA, "d1", decision)
    for number, undo in enumerate(("cancel", "reverse")):
        if undo == "cancel":
            _undo(counter, f"u{number}", settlement_id)
        else:
            counter.reverse(f"u{number}", "s1", "R1", FENGHUA)
            counter.flow()
        with pytest.raises(Rejected) as caught:
            counter.answer(f"u{number}")
        assert caught.value.code == "manual_case_decided"
        assert counter.visit_state(visit_id) == "settled"
        (settlement,) = counter.pump.rows(CARE, at_care.Settlement)
        assert settlement.undo_id == ""
    # What was refused did nothing, so there is nothing to reverse.
    assert answer_of(counter.reverse("r1", "u0", "R1", FENGHUA)).result == "tombstoned"


def test_a_late_undo_is_unknown_and_is_answered_later(
    counter: Counter, settled: tuple[str, str]
) -> None:
    _, settlement_id = settled
    counter.send("c1", ask.CancelSettlement(settlement_id))
    late = counter.pump.ask(CARE, ask.LateSettlement(H, "c1"))
    assert late.state is SettlementState.REQUESTED
    counter.flow()
    assert answer_of(counter.send("c1", ask.CancelSettlement(settlement_id))).state == "cancelled"
    anew = counter.settle("s2", settled[0])
    counter.reverse("r1", "s2", "E1")
    late = counter.pump.ask(CARE, ask.LateReversal(H, "r1"))
    assert late == ReversalAnswer("pending", anew.settlement_id)
    assert counter.outcome("r1").pending
    counter.flow()
    assert answer_of(counter.reverse("r1", "s2", "E1")).result == "reversed"


def test_every_undo_is_remembered_under_its_request(
    counter: Counter, settled: tuple[str, str]
) -> None:
    _undo(counter, "c1", settled[1])
    (entry,) = [e for e in counter.pump.rows(CARE, RequestEntry) if e.request_id == "c1"]
    (undo,) = counter.pump.rows(CARE, at_care.Undo)
    assert entry.correlation_id == undo.undo_id
