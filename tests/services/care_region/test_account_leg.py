"""Account money: drawn once, given back once, and never collected in cash as well."""

from __future__ import annotations

from datetime import date

import pytest

from clearing.benefits.claim import CareType, Fund
from clearing.calendar import instant_at
from clearing.errors import Malformed
from clearing.settlement import SettlementState
from services.care_region import commands as ask
from services.care_region import records as at_care
from services.care_region.account_leg import DEBIT_DEADLINE_MS, GIVE_UP_AFTER_MS
from services.insured_region import records as at_insured
from services.node.command import Waiting
from services.node.day_book import BookedLine
from tests.network_pump import answer_of
from tests.services.care_region.counter import (
    CARE,
    DAY,
    FENGHUA,
    HOME,
    NOON,
    NOON_2020,
    THIRD,
    Counter,
    H,
)

# 1,000.00 at a tertiary hospital away from home, not filed: (1,000.00 − 400.00) × (55 − 20) %
FUND_FEN, PERSONAL_FEN = 21_000, 79_000

STAY = (date(2020, 6, 1), date(2020, 6, 10))
FEE_LINE = ask.FeeLineEntry(1, "X0001", 10_000, 40_000_000_000, 4_000_000)


def _lines(counter: Counter) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return (kind, account amount) of the debit lines, on the care side and the payer's."""

    def of(at: object) -> list[tuple[str, int]]:
        rows = counter.pump.rows(at, BookedLine)  # type: ignore[arg-type]  # an address
        return sorted(
            (row.kind, row.by_fund[Fund.PERSONAL_ACCOUNT])
            for row in rows
            if row.kind.startswith("debit")
        )

    return of(CARE), sorted(of(HOME) + of(THIRD))


def test_an_account_of_a_third_region_pays_the_members_part(counter: Counter) -> None:
    counter.member("E1")
    counter.member("T1", THIRD, balance_fen=100_000, shared=("E1",))
    settled = counter.settle("s1", counter.visit("E1", 100_000), "A-T1", THIRD.region)
    assert settled.state is SettlementState.SETTLED
    assert settled.payment.fund_fen == FUND_FEN
    assert (settled.payment.account_fen, settled.payment.cash_fen) == (PERSONAL_FEN, 0)
    assert settled.account_code == ""
    assert counter.balance(THIRD, "A-T1") == 100_000 - PERSONAL_FEN
    assert _lines(counter) == ([("debit", PERSONAL_FEN)],) * 2


def test_nobody_collects_cash_while_the_account_is_asked(counter: Counter) -> None:
    counter.member("E1", balance_fen=50_000)
    visit_id = counter.visit("E1", 100_000)
    settle = ask.Settle(visit_id, use_account=True)
    assert counter.send("s1", settle) == Waiting(H, "s1")
    counter.pump.publish(CARE)
    while counter.pump.deliver(HOME):
        pass
    counter.pump.publish(HOME)
    while counter.pump.deliver(CARE):
        pass
    assert [row.state for row in counter.pump.rows(CARE, at_care.Settlement)] == ["settled"]
    late = counter.pump.ask(CARE, ask.LateSettlement(H, "s1"))
    for seen in (late, counter.seen(visit_id), counter.outcome("s1").settlement):
        assert seen is not None
        assert seen.state is SettlementState.REQUESTED
        assert (seen.payment.cash_fen, seen.payment.fund_fen, seen.outcome) == (0, 0, None)
        assert seen.cost.total_fen == 100_000
    assert counter.outcome("s1").pending
    assert counter.send("s1", settle) == Waiting(H, "s1")
    counter.flow()
    final = answer_of(counter.send("s1", settle))
    assert (final.payment.account_fen, final.payment.cash_fen) == (50_000, 29_000)
    assert final.account_code == ""  # some of it was drawn
    assert counter.seen(visit_id) == final == counter.outcome("s1").settlement


@pytest.mark.parametrize(
    ("account_id", "region", "code"),
    [
        ("A-T1", THIRD.region, "account_not_shared"),
        ("A-nobody", THIRD.region, "account_unknown"),
        ("", "", "balance_empty"),
    ],
)
def test_what_cannot_be_drawn_is_cash(
    counter: Counter, account_id: str, region: str, code: str
) -> None:
    counter.member("E1")
    counter.member("T1", THIRD, balance_fen=100_000)
    settled = counter.settle("s1", counter.visit("E1", 100_000), account_id, region)
    assert (settled.payment.account_fen, settled.payment.cash_fen) == (0, PERSONAL_FEN)
    assert settled.account_code == code
    at = THIRD if region else HOME
    assert [debit.code for debit in counter.pump.rows(at, at_insured.Debit)] == [code]
    assert _lines(counter) == ([], [])


def test_a_member_without_an_account_is_told_so(counter: Counter) -> None:
    counter.member("E1", account=False)
    settled = counter.settle("s1", counter.visit("E1", 100_000))
    assert settled.account_code == "account_not_given"
    assert settled.payment.cash_fen == PERSONAL_FEN
    assert counter.seen(settled.visit_id) == settled
    assert counter.pump.rows(CARE, at_care.Debit) == []


def test_an_account_that_the_rules_allow_nothing_is_told_so(counter: Counter) -> None:
    counter.member("R1", FENGHUA, balance_fen=100_000)
    admission = ask.OpenVisit(
        FENGHUA.region, "R1", CareType.INPATIENT, STAY[0], records_verified=True
    )
    opened = counter.do("o", admission, NOON_2020)
    counter.do("l", ask.UploadFeeLines(opened.visit_id, (FEE_LINE,)), NOON_2020)
    counter.do("c", ask.CloseVisit(opened.visit_id, STAY[1]), NOON_2020)
    counter.send("s1", ask.Settle(opened.visit_id, use_account=True), NOON_2020)
    counter.flow()
    settled = counter.answer("s1")
    assert (settled.state, settled.payment.account_fen) == (SettlementState.SETTLED, 0)
    assert settled.account_code == "not_payable_from_account"


def test_no_code_where_no_account_money_was_asked_for(counter: Counter) -> None:
    counter.member("E1", account=False)
    counter.send("s1", ask.Settle(counter.visit("E1", 100_000)))
    counter.flow()
    assert counter.answer("s1").account_code == ""


def _settle_with_silent_account(counter: Counter) -> str:
    counter.member("E1")
    counter.member("T1", THIRD, balance_fen=100_000, shared=("E1",))
    visit_id = counter.visit("E1", 100_000)
    counter.send("s1", ask.Settle(visit_id, True, "A-T1", THIRD.region))
    return visit_id


def _let_it_be_decided(counter: Counter) -> None:
    # What the decision makes the care node send stays in its outbox.
    for sender, receiver in ((CARE, HOME), (HOME, CARE)):
        counter.pump.publish(sender)
        while counter.pump.deliver(receiver):
            pass


def test_an_account_that_is_asked_too_late_pays_nothing(counter: Counter) -> None:
    _settle_with_silent_account(counter)
    _let_it_be_decided(counter)
    counter.pump.clock.pass_ms(DEBIT_DEADLINE_MS + 1)
    counter.flow()
    assert counter.answer("s1").payment.cash_fen == PERSONAL_FEN
    assert counter.answer("s1").account_code == "deadline_passed"
    assert [d.state for d in counter.pump.rows(THIRD, at_insured.Debit)] == ["expired"]


def test_a_silent_account_is_given_up_and_stays_untouched(counter: Counter) -> None:
    # The log was away: the account is asked once it is back, after its deadline.
    _settle_with_silent_account(counter)
    _let_it_be_decided(counter)
    counter.pump.clock.pass_ms(DEBIT_DEADLINE_MS + GIVE_UP_AFTER_MS)
    counter.pump.tick(CARE)
    assert counter.pump.final(CARE, H, "s1") is None  # not a moment too early
    counter.pump.clock.pass_ms(1)
    counter.pump.tick(CARE)
    settled = counter.answer("s1")
    assert (settled.state, settled.payment.cash_fen) == (SettlementState.SETTLED, PERSONAL_FEN)
    assert settled.account_code == "deadline_passed"
    counter.flow()
    assert counter.balance(THIRD, "A-T1") == 100_000
    assert [d.state for d in counter.pump.rows(CARE, at_care.Debit)] == ["undone"]
    assert _lines(counter) == ([], [])


@pytest.mark.parametrize("undo", ["", "cancel", "reverse"])
def test_an_answer_after_giving_up_is_booked_and_taken_back(counter: Counter, undo: str) -> None:
    """The account was drawn in time, but nobody here heard of it."""
    _settle_with_silent_account(counter)
    counter.flow(THIRD)
    while counter.pump.deliver(THIRD):
        pass
    assert counter.balance(THIRD, "A-T1") == 100_000 - PERSONAL_FEN
    counter.pump.clock.pass_ms(DEBIT_DEADLINE_MS + GIVE_UP_AFTER_MS + 1)
    counter.pump.tick(CARE)
    settled = counter.answer("s1")
    if undo == "cancel":
        counter.send("undo", ask.CancelSettlement(settled.settlement_id))
    elif undo == "reverse":
        counter.reverse("undo", "s1", "E1")
    if undo:
        counter.flow(THIRD)  # an account that was given up holds no undoing up
        assert counter.answer("undo").state in ("cancelled", "reversed")
    counter.flow()
    assert counter.balance(THIRD, "A-T1") == 100_000
    expected = [("debit", PERSONAL_FEN), ("debit_reversal", -PERSONAL_FEN)]
    assert _lines(counter) == (expected, expected)
    assert settled.payment.account_fen == 0


@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize("undo", ["cancel", "reverse"])
def test_undoing_that_overtakes_the_account_answers_both_requests(
    counter: Counter, undo: str, drawn: bool
) -> None:
    visit_id = _settle_with_silent_account(counter)
    counter.flow(THIRD)
    if drawn:
        counter.pump.deliver(THIRD)
    if undo == "cancel":
        counter.send("undo", ask.CancelSettlement(counter.seen(visit_id).settlement_id))
    else:
        counter.reverse("undo", "s1", "E1")
    counter.flow(THIRD)
    assert counter.pump.final(CARE, H, "undo") is None  # the account may be drawn on still
    counter.flow()
    assert counter.answer("undo").state == counter.answer("s1").state
    assert counter.answer("s1").state in ("cancelled", "reversed")
    assert counter.balance(THIRD, "A-T1") == 100_000
    care, payer = _lines(counter)
    assert care == payer
    assert sum(amount_fen for _, amount_fen in care) == 0
    assert counter.visit_state(visit_id) == "open"


def test_the_account_is_given_back_only_after_the_settlement_is_undone(counter: Counter) -> None:
    counter.member("E1", balance_fen=100_000)
    settled = counter.settle("s1", counter.visit("E1", 100_000))
    counter.send("c1", ask.CancelSettlement(settled.settlement_id))
    assert [d.state for d in counter.pump.rows(CARE, at_care.Debit)] == ["debited"]
    counter.flow()
    cancelled = counter.answer("c1")
    assert cancelled.state is SettlementState.CANCELLED
    assert cancelled.payment == -settled.payment
    assert cancelled.cost == -settled.cost
    assert counter.balance(HOME, "A-E1") == 100_000


@pytest.mark.parametrize("spent", [False, True])
def test_restoring_draws_again_or_is_cash(counter: Counter, spent: bool) -> None:
    counter.member("E1", balance_fen=PERSONAL_FEN)
    visit_id = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit_id)
    counter.send("c1", ask.CancelSettlement(settled.settlement_id))
    counter.flow()
    if spent:
        other = counter.settle("s2", counter.visit("E1", 200_000, key="w"))
        assert other.payment.account_fen == PERSONAL_FEN
    counter.reverse("r1", "c1", "E1")
    counter.flow()
    assert counter.answer("r1").state is SettlementState.SETTLED
    restored = counter.seen(visit_id)
    assert restored.payment.fund_fen == settled.payment.fund_fen
    assert restored.payment.account_fen == (0 if spent else PERSONAL_FEN)
    assert restored.payment.cash_fen == (PERSONAL_FEN if spent else 0)
    assert restored.account_code == ("balance_empty" if spent else "")
    # Whoever asks for the outcome of either request is told what is to be collected now.
    assert counter.outcome("s1").settlement == counter.outcome("c1").settlement == restored
    assert counter.balance(HOME, "A-E1") == 0
    care, payer = _lines(counter)
    assert care == payer
    # and it can be undone once more
    counter.reverse("r2", "s1", "E1")
    counter.flow()
    assert counter.answer("r2").state is SettlementState.REVERSED
    assert counter.balance(HOME, "A-E1") == (0 if spent else PERSONAL_FEN)


def test_a_region_without_its_account_is_malformed(counter: Counter) -> None:
    counter.member("E1")
    visit_id = counter.visit("E1", 100_000)
    with pytest.raises(Malformed) as caught:
        counter.do("s1", ask.Settle(visit_id, True, "", THIRD.region))
    assert caught.value.field == "account_id"
    with pytest.raises(Malformed) as caught:
        counter.do("s1", ask.Settle(visit_id, True, "A", "97"))
    assert caught.value.field == "account_region"


def test_business_time_is_the_same_in_both_books(counter: Counter) -> None:
    counter.member("E1", balance_fen=100_000)
    visit_id = counter.visit("E1", 100_000)
    settled = counter.settle("s1", visit_id)
    evening = instant_at(DAY, 20)
    counter.send("c1", ask.CancelSettlement(settled.settlement_id), evening)
    counter.flow()
    for at in (CARE, HOME):
        times = {row.kind: row.business_time for row in counter.pump.rows(at, BookedLine)}
        assert times == {
            "settlement": NOON,
            "debit": NOON,
            "cancellation": evening,
            "debit_reversal": evening,
        }
