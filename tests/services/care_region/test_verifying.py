"""A care region's books verify while everything is under way, and not with one row tampered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from clearing.benefits.claim import CareType, Fund
from clearing.settlement import SettlementState
from services.care_region import commands as ask
from services.care_region.account_leg import DEBIT_DEADLINE_MS, GIVE_UP_AFTER_MS
from services.care_region.records import (
    Debit,
    DebitState,
    FeeLineRow,
    Settlement,
    Undo,
    Visit,
    VisitState,
)
from services.care_region.verifying import verify_care
from services.node.day_book import BookedLine
from tests.services.care_region.counter import (
    CARE,
    FENGHUA,
    HOME,
    NOON_2020,
    THIRD,
    Counter,
    counter_open,
)


def _fault(counter: Counter) -> str:
    return counter.pump.look(CARE, lambda unit: verify_care(unit, CARE.region))[1]


def _steps(counter: Counter, *silent: Any) -> None:
    """Let messages arrive one at a time; after each the books must be sound."""
    nodes = [at for at in (CARE, HOME, FENGHUA, THIRD) if at not in silent]
    moved = True
    while moved:
        moved = False
        for at in nodes:
            for step in (counter.pump.publish, counter.pump.deliver):
                moved = step(at) or moved
                assert _fault(counter) == ""


def _story(counter: Counter) -> None:
    """Settle with account money; cancel one, restore one, reverse one, leave one to a person."""
    counter.member("E1", balance_fen=10_000)
    counter.member("T1", THIRD, balance_fen=1_000_000, shared=("E1",))
    counter.member("F1", FENGHUA)
    for name in ("kept", "cancelled", "restored", "reversed", "late"):
        visit = counter.visit("E1", 100_000, key=name)
        counter.send(f"s-{name}", ask.Settle(visit, True, "A-T1", THIRD.region))
        _steps(counter, *([THIRD] if name == "late" else []))
        if name == "late":
            counter.pump.clock.pass_ms(DEBIT_DEADLINE_MS + GIVE_UP_AFTER_MS + 1)
            counter.pump.tick(CARE)
            _steps(counter)
        if name in ("cancelled", "restored"):
            settled = counter.answer(f"s-{name}").settlement_id
            counter.send(f"c-{name}", ask.CancelSettlement(settled))
            _steps(counter)
        if name == "restored":
            counter.reverse("r-restored", "c-restored", "E1")
            _steps(counter)
    counter.reverse("r-reversed", "s-reversed", "E1")
    _steps(counter)
    empty = counter.visit("E1", 100_000, key="empty")
    counter.send("s-empty", ask.Settle(empty, True, "A-none", THIRD.region))
    _steps(counter)
    unfiled = counter.visit("F1", 4_000_000, key="manual", at=FENGHUA)
    counter.send("s-manual", ask.Settle(unfiled), NOON_2020)
    _steps(counter)
    refused = counter.visit("nobody", 100_000, key="refused")
    counter.send("s-refused", ask.Settle(refused))
    _steps(counter)


@pytest.fixture(scope="module")
def told() -> Iterator[Counter]:
    with counter_open() as counter:
        _story(counter)
        yield counter


def test_books_are_sound_at_every_step_of_a_story(told: Counter) -> None:
    assert _fault(told) == ""
    states = {row.state for row in told.pump.rows(CARE, Settlement)}
    assert states >= {
        SettlementState.SETTLED,
        SettlementState.CANCELLED,
        SettlementState.REVERSED,
        SettlementState.REFUSED,
    }
    debits = {row.state for row in told.pump.rows(CARE, Debit)}
    assert debits >= {DebitState.DEBITED, DebitState.UNDONE, DebitState.REFUSED}


def _in(state: str) -> Callable[[Any], bool]:
    return lambda row: bool(row.state == state)


def _with_account(row: Settlement) -> bool:
    return row.account_fen > 0 and row.state is SettlementState.SETTLED


@pytest.mark.parametrize(
    ("record", "which", "changes", "named"),
    [
        (FeeLineRow, None, {"unit_price_e6": 1}, "quantity × price"),
        (FeeLineRow, None, {"quantity_e4": 1}, "quantity × price"),
        (FeeLineRow, None, {"own_pay_fen": 1}, "its parts"),
        (FeeLineRow, None, {"voided": True}, "fee lines"),
        (Visit, _in("settled"), {"state": VisitState.OPEN}, "visit"),
        (Visit, _in("settled"), {"state": VisitState.SETTLING}, "visit"),
        (Visit, _in("open"), {"state": VisitState.SETTLED}, "visit"),
        (Visit, _in("settled"), {"settlement_id": "stl-none"}, "last settlement"),
        (Visit, _in("settled"), {"changes": 99}, "changed after"),
        (Visit, _in("settled"), {"member_id": "other"}, "its member"),
        (Settlement, _in("settled"), {"member_id": "other"}, "its member"),
        (Settlement, _in("settled"), {"insured_region": "330213"}, "its member"),
        (Settlement, _in("settled"), {"institution_id": "other"}, "its member"),
        (Settlement, _in("settled"), {"care_type": CareType.PHARMACY}, "its member"),
        (Settlement, _in("settled"), {"deductible_fen": 99_999}, "deductible"),
        (Settlement, _in("settled"), {"outcome": None}, "with the outcome"),
        (Settlement, _in("settled"), {"state": SettlementState.CANCELLED}, ""),
        (Settlement, _in("settled"), {"state": SettlementState.REVERSED}, ""),
        (Settlement, _in("cancelled"), {"state": SettlementState.REVERSED, "undo_id": ""},
         "nothing undid it"),
        (Settlement, _in("cancelled"), {"state": SettlementState.SETTLED}, ""),
        (Settlement, _in("cancelled"), {"undo_id": "und-none"}, "undid it"),
        (Settlement, _with_account, {"account_fen": 1}, "account money"),
        (Settlement, _with_account, {"debit_id": ""}, "no debit"),
        (Settlement, _with_account, {"debit_id": "dbt-none"}, "debit is missing"),
        (Settlement, _with_account, {"awaits_account": True}, ""),
        (Debit, _in("debited"), {"state": DebitState.REFUSED}, ""),
        (Debit, _in("debited"), {"state": DebitState.UNDONE}, ""),
        (Debit, _in("debited"), {"state": DebitState.REQUESTED}, ""),
        (Debit, _in("debited"), {"amount_fen": 1}, ""),
        (Debit, _in("debited"), {"limit_fen": 1}, "more than was asked"),
        (Debit, _in("debited"), {"account_id": "other"}, "its account"),
        (Debit, _in("undone"), {"state": DebitState.DEBITED}, ""),
        (Debit, _in("undone"), {"debit_undo_id": ""}, "undoing"),
        (Debit, _in("refused"), {"state": DebitState.DEBITED}, "with 0 fen"),
        (Undo, None, {"settlement_id": "other"}, ""),
        (Undo, None, {"awaits_account": True}, ""),
        (BookedLine, None, {"total_fen": 7}, "booked line"),
        (BookedLine, lambda row: row.kind == "cancellation", {"kind": "reversal"}, ""),
        (BookedLine, lambda row: row.kind == "cancellation", {"kind": "restoration"}, ""),
    ],
)  # fmt: skip
def test_a_tampered_row_is_found(
    told: Counter,
    record: type[Any],
    which: Callable[[Any], bool] | None,
    changes: dict[str, Any],
    named: str,
) -> None:
    row = next(r for r in told.pump.rows(CARE, record) if which is None or which(r))
    told.pump.put(CARE, replace(row, **changes))
    try:
        fault = _fault(told)
    finally:
        told.pump.put(CARE, row)
    assert fault
    assert named in fault
    assert _fault(told) == ""


@pytest.mark.parametrize(("beyond_fen", "is_named"), [(0, False), (1, True)])
def test_a_second_fund_may_bear_some_of_the_deductible(
    told: Counter, beyond_fen: int, is_named: bool
) -> None:
    row = next(r for r in told.pump.rows(CARE, Settlement) if _with_account(r))
    pooled_fen = row.by_fund[Fund.POOLED]
    left_fen = row.total_fen - (pooled_fen - 100)
    assert left_fen > row.total_fen - pooled_fen  # more than the patient and the account bear
    shared = {Fund.POOLED: pooled_fen - 100, Fund.LARGE_AMOUNT: 100}
    told.pump.put(CARE, replace(row, by_fund=shared, deductible_fen=left_fen + beyond_fen))
    try:
        assert ("deductible" in _fault(told)) is is_named
    finally:
        told.pump.put(CARE, row)
    assert _fault(told) == ""
