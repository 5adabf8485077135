"""What another node says wrongly, or nobody can read, stops one member and no node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from clearing.benefits.claim import Fund
from clearing.errors import Rejected
from clearing.messages import (
    Address,
    CostSplit,
    DebitDecided,
    DebitRequested,
    DebitUndone,
    SettlementDecided,
    SettleRequested,
    UndoDecided,
    UndoRequested,
)
from clearing.settlement import SettlementState
from services.care_region import commands as ask
from services.care_region.account_leg import DEBIT_DEADLINE_MS, GIVE_UP_AFTER_MS
from services.care_region.open_questions import ASK_AGAIN_MS
from services.care_region.records import Debit, DebitState
from services.care_region.verifying import verify_care
from services.insured_region.verifying import verify_insured
from services.node.command import Failed
from services.node.day_book import BookedLine
from services.node.records import ParkedRecord
from tests.scenarios.lost_messages import (
    Change,
    discard,
    flow_changing,
    flow_losing,
    parked_letter,
)
from tests.services.care_region.counter import CARE, HOME, Counter, counter_open

BALANCE_FEN = 50_000


@pytest.fixture
def counter() -> Iterator[Counter]:
    with counter_open() as opened:
        opened.member("E1", balance_fen=BALANCE_FEN)
        opened.member("E2")
        yield opened
        assert opened.pump.look(CARE, lambda unit: verify_care(unit, CARE.region))[1] == ""
        assert opened.pump.look(HOME, lambda unit: verify_insured(unit, HOME.region))[1] == ""


def _others_go_on(counter: Counter) -> None:
    settled = counter.settle("s-E2", counter.visit("E2", 100_000, key="E2"))
    assert settled.state is SettlementState.SETTLED


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_decision_that_nobody_can_read_ends_with_its_reversal(
    counter: Counter, when: str
) -> None:
    visit = counter.visit("E1", 100_000)
    counter.send("s1", ask.Settle(visit))
    flow_losing(counter, HOME, SettlementDecided)
    assert parked_letter(counter, CARE).code == "record_unreadable"
    if when == "before":  # what was undone waits behind the letter
        counter.reverse("r", "s1", "E1")
        counter.flow()
    discard(counter, CARE)
    if when == "after":
        counter.reverse("r", "s1", "E1")
        counter.flow()
    assert counter.answer("r").result == "reversed"
    assert counter.answer("s1").state is SettlementState.EXPIRED
    assert counter.visit_state(visit) == "open"
    assert counter.settle("s2", visit).state is SettlementState.SETTLED
    _others_go_on(counter)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: replace(body, by_fund={Fund.POOLED: 200_000}),
        lambda body: replace(body, by_fund={Fund.POOLED: -200}),
        lambda body: replace(body, deductible_fen=-1),
        lambda body: replace(body, account_limit_fen=90_000),
    ],
    ids=["above the total", "negative", "deductible", "account beyond the patient's part"],
)
def test_a_decision_of_amounts_that_cannot_be_is_set_aside(
    counter: Counter, change: Change
) -> None:
    visit = counter.visit("E1", 100_000)
    counter.send("s1", ask.Settle(visit))
    flow_changing(counter, HOME, SettlementDecided, change)
    assert counter.outcome("s1").code == parked_letter(counter, CARE).code == "decision_amounts"
    _others_go_on(counter)
    discard(counter, CARE)  # no replay would ever take it
    counter.reverse("r", "s1", "E1")
    counter.flow()
    assert counter.answer("s1").state is SettlementState.EXPIRED


@pytest.mark.parametrize("amount_fen", [-1, BALANCE_FEN * 2])
def test_account_money_that_cannot_be_is_set_aside(counter: Counter, amount_fen: int) -> None:
    visit = counter.visit("E1", 100_000)
    counter.send("s1", ask.Settle(visit, True))
    flow_changing(counter, HOME, DebitDecided, lambda body: replace(body, amount_fen=amount_fen))
    assert counter.outcome("s1").code == parked_letter(counter, CARE).code == "debit_amount"
    _others_go_on(counter)
    discard(counter, CARE)
    _give_up(counter)
    payment = counter.answer("s1").payment
    assert (payment.account_fen, counter.balance(HOME, "A-E1")) == (0, BALANCE_FEN)


def test_account_money_of_which_nobody_can_read_is_in_both_books_and_given_back(
    counter: Counter,
) -> None:
    visit = counter.visit("E1", 100_000)
    counter.send("s1", ask.Settle(visit, True))
    flow_losing(counter, HOME, DebitDecided)
    discard(counter, CARE)
    _give_up(counter)
    assert counter.answer("s1").payment.account_fen == 0
    assert counter.balance(HOME, "A-E1") == BALANCE_FEN
    books = [
        sorted(
            (line.kind, line.line_id, line.by_fund.get(Fund.PERSONAL_ACCOUNT), line.on)
            for line in counter.pump.rows(at, BookedLine)
            if line.kind.startswith("debit")
        )
        for at in (CARE, HOME)
    ]
    assert books[0] == books[1]
    assert [amount for _, _, amount, _ in books[0]] == [BALANCE_FEN, -BALANCE_FEN]


def _give_up(counter: Counter) -> None:
    counter.pump.clock.pass_ms(DEBIT_DEADLINE_MS + GIVE_UP_AFTER_MS + 1)
    counter.pump.tick(CARE)
    counter.flow()


@pytest.mark.parametrize(
    "cost",
    [CostSplit(50_000, 0, 0, 0, 40_000), CostSplit(-50_000, 0, 0, 0, -50_000)],
    ids=["parts are not the total", "negative"],
)
def test_a_cost_that_cannot_be_is_set_aside(counter: Counter, cost: CostSplit) -> None:
    visit = counter.visit("E1", 100_000)
    counter.send("s1", ask.Settle(visit))
    flow_changing(counter, CARE, SettleRequested, lambda body: replace(body, cost=cost))
    assert counter.outcome("s1").code == parked_letter(counter, HOME).code == "cost_split"
    _others_go_on(counter)
    discard(counter, HOME)
    assert counter.answer("s1").state is SettlementState.EXPIRED


def test_a_decision_that_can_be_is_not_discarded(counter: Counter) -> None:
    """Only what no replay would ever take may be given up while somebody waits for it."""
    counter.send("s1", ask.Settle(counter.visit("E1", 100_000)))
    flow_changing(counter, HOME, SettlementDecided, lambda body: replace(body, scheme=None))
    with pytest.raises(Rejected, match="not_discardable"):
        discard(counter, CARE)


def test_a_decision_that_this_version_does_not_know_is_set_aside(counter: Counter) -> None:
    visit = counter.visit("E1", 100_000)
    counter.send("s1", ask.Settle(visit))
    flow_changing(counter, HOME, SettlementDecided, _says("half_paid"))
    assert counter.outcome("s1").code == parked_letter(counter, CARE).code == "result_unknown"
    _others_go_on(counter)
    discard(counter, CARE)
    counter.reverse("r", "s1", "E1")
    counter.flow()
    assert counter.answer("s1").state is SettlementState.EXPIRED


def test_an_undoing_that_this_version_does_not_know_is_asked_for_again(counter: Counter) -> None:
    visit = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit)
    counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    flow_changing(counter, HOME, UndoDecided, _says("half_undone"))
    assert parked_letter(counter, CARE).code == "result_unknown"
    assert counter.seen(visit).state is SettlementState.SETTLED
    discard(counter, CARE)
    _ask_again(counter)
    assert counter.seen(visit).state is SettlementState.CANCELLED


def test_account_money_of_a_kind_that_this_version_does_not_know_is_given_back(
    counter: Counter,
) -> None:
    visit = counter.visit("E1", 100_000)
    counter.send("s1", ask.Settle(visit, True))
    flow_changing(counter, HOME, DebitDecided, _says("half_debited"))
    assert counter.outcome("s1").code == parked_letter(counter, CARE).code == "result_unknown"
    discard(counter, CARE)
    _give_up(counter)
    assert counter.answer("s1").payment.account_fen == 0
    assert counter.balance(HOME, "A-E1") == BALANCE_FEN


def test_less_than_nothing_given_back_is_set_aside(counter: Counter) -> None:
    visit = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit, "A-E1", HOME.region)
    counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    flow_changing(counter, HOME, DebitUndone, lambda body: replace(body, amount_fen=-1))
    assert parked_letter(counter, CARE).code == "debit_amount"
    assert counter.pump.final(CARE, "H1", "undo") is None
    discard(counter, CARE)
    _ask_again(counter)
    assert counter.seen(visit).state is SettlementState.CANCELLED
    assert counter.balance(HOME, "A-E1") == BALANCE_FEN


def test_what_was_drawn_beyond_the_limit_is_given_back(counter: Counter) -> None:
    counter.member("E3", balance_fen=BALANCE_FEN * 4)
    counter.send("s1", ask.Settle(counter.visit("E3", 100_000), True))
    flow_changing(
        counter, CARE, DebitRequested, lambda body: replace(body, limit_fen=body.limit_fen + 1)
    )
    assert parked_letter(counter, CARE).code == "debit_amount"
    discard(counter, CARE)
    _give_up(counter)
    assert counter.answer("s1").payment.account_fen == 0
    assert counter.balance(HOME, "A-E3") == BALANCE_FEN * 4
    assert {row.state for row in counter.pump.rows(CARE, Debit)} == {DebitState.UNDONE}


def test_a_repeat_that_this_version_does_not_know_of_what_was_answered_is_passed_over(
    counter: Counter,
) -> None:
    visit = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit)
    counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    counter.flow(HOME)
    _ask_again(counter, HOME)  # which so answers twice
    first: list[UndoDecided] = []

    def changed(body: UndoDecided) -> UndoDecided:
        if first:
            return replace(body, result="half_undone")
        first.append(body)
        return body

    flow_changing(counter, HOME, UndoDecided, changed)
    assert first
    assert counter.seen(visit).state is SettlementState.CANCELLED
    assert counter.pump.rows(CARE, ParkedRecord) == []


def test_an_undoing_of_a_kind_that_this_version_does_not_know_is_refused_when_discarded(
    counter: Counter,
) -> None:
    visit = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit)
    counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    flow_changing(counter, CARE, UndoRequested, lambda body: replace(body, kind="half"))
    assert parked_letter(counter, HOME).code == "undo_kind"
    _others_go_on(counter)
    discard(counter, HOME)
    assert isinstance(counter.pump.final(CARE, "H1", "undo"), Failed)
    assert counter.seen(visit).state is SettlementState.SETTLED


def _says(result: str) -> Change:
    return lambda body: replace(body, result=result)


def _ask_again(counter: Counter, *silent: Address) -> None:
    counter.pump.clock.pass_ms(ASK_AGAIN_MS)
    counter.pump.tick(CARE)
    counter.flow(*silent)
