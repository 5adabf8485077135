"""Whatever happens, once everything has arrived the books of all regions agree."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from clearing.benefits.claim import Fund
from clearing.lines_digest import digest_of_lines
from clearing.messages import CostSplit
from clearing.reconcile import digest_of
from clearing.settlement import SettlementState, check_amounts
from services.care_region import records as at_care
from services.care_region.settlement_view import cost_split, payment_split
from services.insured_region import records as at_insured
from services.node.day_book import BookedLine, as_book_line
from services.node.records import ParkedRecord, RequestEntry, RequestStatus
from tests.network_pump import NetworkPump
from tests.scenarios.random_day import CARE, HOME, OPENING_FEN, OTHER, THIRD, RandomDay

INSURED = (HOME, OTHER, THIRD)
NODES = (CARE, *INSURED)
ACTIONS = 60
UNSEEN = (SettlementState.REQUESTED, SettlementState.REFUSED)
KINDS = ("settlement", "cancellation", "reversal", "restoration", "debit", "debit_reversal")
LIVE = (SettlementState.SETTLED, SettlementState.MANUAL)


@pytest.mark.parametrize("seed", range(16))
def test_the_books_agree_after_a_random_day(seed: int) -> None:
    day = RandomDay(seed)
    day.play(actions=ACTIONS)
    nothing_is_left_open(day.pump)
    accumulators_are_the_sum_of_what_lives(day.pump)
    both_sides_have_the_same_settlements(day.pump)
    accounts_hold_what_was_not_drawn(day.pump)
    booked_lines_agree(day.pump)
    details_arrived(day.pump)
    day.pump.close()


def nothing_is_left_open(pump: NetworkPump) -> None:
    for node in NODES:
        assert pump.rows(node, ParkedRecord) == []
        entries = pump.rows(node, RequestEntry)
        assert [entry for entry in entries if entry.status is RequestStatus.PENDING] == []
    assert all(load.waiting == 0 for load in pump.rows(CARE, at_care.RegionLoad))
    assert not any(u.awaits_policy or u.awaits_account for u in pump.rows(CARE, at_care.Undo))
    ended = (at_care.DebitState.DEBITED, at_care.DebitState.REFUSED, at_care.DebitState.UNDONE)
    assert all(debit.state in ended for debit in pump.rows(CARE, at_care.Debit))
    live = Counter(s.visit_id for s in pump.rows(CARE, at_care.Settlement) if s.state in LIVE)
    for visit in pump.rows(CARE, at_care.Visit):
        assert visit.state is not at_care.VisitState.SETTLING
        assert live[visit.visit_id] == (visit.state is at_care.VisitState.SETTLED)


def accumulators_are_the_sum_of_what_lives(pump: NetworkPump) -> None:
    for node in INSURED:
        expected: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
        for settlement in pump.rows(node, at_insured.Settlement):
            if settlement.state is SettlementState.SETTLED:
                expected[settlement.member_id, settlement.benefit_year].update(settlement.additions)
        for case in pump.rows(node, at_insured.ManualCase):
            if case.state is at_insured.CaseState.DECIDED:
                expected[case.member_id, case.benefit_year].update(case.additions)
        kept = {
            (row.member_id, row.benefit_year): dict(row.values)
            for row in pump.rows(node, at_insured.YearAccumulators)
            if row.values
        }
        wanted = {key: {k: v for k, v in sums.items() if v} for key, sums in expected.items()}
        assert kept == {key: sums for key, sums in wanted.items() if sums}


def both_sides_have_the_same_settlements(pump: NetworkPump) -> None:
    decided = {
        row.settlement_id: row for node in INSURED for row in pump.rows(node, at_insured.Settlement)
    }
    for mine in pump.rows(CARE, at_care.Settlement):
        theirs = decided.pop(mine.settlement_id, None)
        if theirs is None:  # it never had an effect
            assert mine.state is SettlementState.EXPIRED
            continue
        assert (mine.state, dict(mine.by_fund)) == (theirs.state, dict(theirs.by_fund))
        payment = payment_split(mine)
        if payment.personal_fen:
            check_amounts(cost_split(mine), payment)
            assert payment.fund_fen + payment.account_fen + payment.cash_fen == mine.total_fen
        lines = [
            row for row in pump.rows(CARE, at_care.FeeLineRow) if row.visit_id == mine.visit_id
        ]
        visit = next(v for v in pump.rows(CARE, at_care.Visit) if v.visit_id == mine.visit_id)
        assert visit.total_fen == sum(row.amount_fen for row in lines if not row.voided)
        if mine.state in LIVE:
            cost = CostSplit(
                visit.total_fen,
                visit.own_pay_fen,
                visit.over_limit_fen,
                visit.first_pay_fen,
                visit.in_scope_fen,
            )
            assert cost == cost_split(mine)
    assert decided == {}


def accounts_hold_what_was_not_drawn(pump: NetworkPump) -> None:
    paid: Counter[str] = Counter()
    for mine in pump.rows(CARE, at_care.Settlement):
        if mine.state is SettlementState.SETTLED:
            paid[mine.account_id] += mine.account_fen
    for (node, account_id), opening_fen in OPENING_FEN.items():
        (account,) = [
            row for row in pump.rows(node, at_insured.Account) if row.account_id == account_id
        ]
        drawn = sum(
            debit.amount_fen
            for debit in pump.rows(node, at_insured.Debit)
            if debit.account_id == account_id and debit.state is at_insured.DebitState.DEBITED
        )
        assert account.balance_fen == opening_fen - drawn >= 0
        assert drawn == paid[account_id]


def booked_lines_agree(pump: NetworkPump) -> None:
    mine = {row.line_id: row for row in pump.rows(CARE, BookedLine)}
    theirs = {row.line_id: row for node in INSURED for row in pump.rows(node, BookedLine)}
    assert {key: digest_of(as_book_line(row)) for key, row in mine.items()} == {
        key: digest_of(as_book_line(row)) for key, row in theirs.items()
    }
    assert {key: row.on for key, row in mine.items()} == {k: row.on for k, row in theirs.items()}
    net: dict[str, Counter[Fund]] = defaultdict(Counter)
    for row in mine.values():
        for fund, amount_fen in row.by_fund.items():
            net[row.settlement_id][fund] += amount_fen
    for settlement in pump.rows(CARE, at_care.Settlement):
        live = settlement.state is SettlementState.SETTLED
        wanted = dict(settlement.by_fund) if live else {}
        if live and settlement.account_fen:
            wanted[Fund.PERSONAL_ACCOUNT] = settlement.account_fen
        found = {fund: fen for fund, fen in net[settlement.settlement_id].items() if fen}
        assert found == {fund: fen for fund, fen in wanted.items() if fen}, settlement


def details_arrived(pump: NetworkPump) -> None:
    for node in INSURED:
        kept = {
            (row.settlement_id, row.chunk_no): row
            for row in pump.rows(node, at_insured.LineDetails)
        }
        for settlement in pump.rows(node, at_insured.Settlement):
            chunk = kept[settlement.settlement_id, 1]
            assert len(chunk.lines) == settlement.line_count
            assert digest_of_lines(chunk.lines) == settlement.lines_digest


def test_random_days_reach_what_they_are_about() -> None:
    """A day that never reverses anything would show nothing: look at what the seeds come to."""
    seen: set[str] = set()
    for seed in (100, 105, 113):
        day = RandomDay(seed)
        day.play(actions=ACTIONS)
        seen.update(f"settlement {s.state}" for s in day.pump.rows(CARE, at_care.Settlement))
        seen.update(f"undo {u.kind} {u.result}" for u in day.pump.rows(CARE, at_care.Undo))
        seen.update(f"debit {d.state}" for d in day.pump.rows(CARE, at_care.Debit))
        seen.update(f"case {c.state}" for c in day.pump.rows(OTHER, at_insured.ManualCase))
        seen.update(f"line {row.kind}" for row in day.pump.rows(CARE, BookedLine))
        day.pump.close()
    assert seen >= {
        *(f"settlement {s}" for s in SettlementState if s not in UNSEEN),
        "undo cancellation undone",
        "undo cancellation refused",
        "undo reversal undone",
        "undo reversal restored",
        "undo reversal tombstoned",
        "debit debited",
        "debit refused",
        "debit undone",
        *(f"case {state}" for state in at_insured.CaseState),
        *(f"line {kind}" for kind in KINDS),
    }
