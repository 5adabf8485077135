"""An insured region's books verify as they are, and not with one row tampered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clearing.benefits.claim import CareType, Fund, Scheme
from clearing.calendar import Instant
from clearing.messages import DebitRequested, DebitUndoRequested
from clearing.settlement import SettlementState
from services.insured_region import commands as desk
from services.insured_region import records as kept
from services.insured_region.records import CaseState, DebitState
from services.insured_region.verifying import verify_insured
from services.node.day_book import BookedLine
from tests.network_pump import START
from tests.services.insured_region.agency import Agency
from tests.services.insured_region.conftest import SPAN


def _fault(agency: Agency) -> str:
    return agency.pump.look(agency.at, lambda unit: verify_insured(unit, agency.at.region))[1]


def _debit(agency: Agency, debit_id: str, limit_fen: int, *, undone: bool = False) -> None:
    whose = {
        "debit_id": debit_id,
        "settlement_id": "paid",
        "care_region": "310000",
        "account_id": "A1",
        "account_region": "330213",
    }
    agency.tell(
        DebitRequested(
            member_id="M1",
            scheme=Scheme.RESIDENT,
            care_type=CareType.INPATIENT,
            limit_fen=limit_fen,
            deadline=Instant(START + 20_000),
            **whose,
        )
    )
    if undone:
        agency.tell(DebitUndoRequested(debit_undo_id=f"u-{debit_id}", **whose))


@pytest.fixture(scope="module")
def told() -> Iterator[Agency]:
    """Return Fenghua's node after settlements, debits and cases in every state."""
    agency = Agency()
    born = date(1960, 5, 1)
    agency.register(desk.MemberEntry("M1", "330213", born, (), (SPAN,), "A1", 1_000))
    for name in ("paid", "cancelled", "restored", "reversed"):
        # A member each: a second stay in a year is for a person to decide.
        agency.register(desk.MemberEntry(f"M-{name}", "330213", born, (), (SPAN,)))
        settled = agency.settle(name, visit_id=f"v-{name}", member_id=f"M-{name}")
        assert settled.result == "paid"
    for name in ("open", "decided", "withdrawn"):
        agency.settle(name, visit_id=f"v-{name}", records_verified=False)
    agency.settle("refused", visit_id="v-refused", member_id="nobody")
    for name in ("cancelled", "restored", "withdrawn"):
        agency.undo(f"c-{name}", "cancellation", settlement_id=name)
    agency.undo("r-restored", "reversal", target="request of c-restored")
    agency.undo("r-reversed", "reversal", target="request of reversed")
    agency.do("d1", desk.DecideManualCase("decided", {Fund.POOLED: 100}, {}, "clerk", "why"))
    _debit(agency, "drawn", 300)
    _debit(agency, "undone", 200, undone=True)
    _debit(agency, "empty", 0)
    yield agency
    agency.pump.close()


def test_the_books_are_sound(told: Agency) -> None:
    assert _fault(told) == ""
    assert {row.state for row in told.pump.rows(told.at, kept.Settlement)} == {
        SettlementState.SETTLED,
        SettlementState.CANCELLED,
        SettlementState.REVERSED,
        SettlementState.MANUAL,
        SettlementState.REFUSED,
    }
    assert {row.state for row in told.pump.rows(told.at, kept.ManualCase)} == set(CaseState)
    debits = {row.state for row in told.pump.rows(told.at, kept.Debit)}
    assert debits == {DebitState.DEBITED, DebitState.UNDONE, DebitState.REFUSED}


@pytest.mark.parametrize(
    ("record", "key", "changes", "named"),
    [
        (kept.Settlement, "paid", {"total_fen": 1}, "sealed"),
        (kept.Settlement, "paid", {"state": SettlementState.MANUAL}, "with the outcome"),
        (kept.Settlement, "paid", {"state": SettlementState.CANCELLED}, "its visit says otherwise"),
        (kept.Settlement, "paid", {"undo_id": "c-cancelled"}, "cancellation"),
        (kept.Settlement, "cancelled", {"undo_id": ""}, "nothing undid it"),
        (kept.Settlement, "cancelled", {"undo_id": "c-restored"}, "cancellation"),
        (kept.Settlement, "cancelled", {"state": SettlementState.SETTLED}, "its visit"),
        (kept.Settlement, "reversed", {"undo_id": "c-none"}, "took it back"),
        (kept.CareRequest, "paid", {"settlement_id": "other"}, "asked for it"),
        (kept.CareRequest, "paid", {"kind": kept.RequestKind.TOMBSTONE}, "asked for it"),
        (kept.LiveSettlement, "paid", {"settlement_id": "other"}, "its visit says otherwise"),
        (kept.ManualCase, "open", {"state": CaseState.WITHDRAWN}, "is withdrawn"),
        (kept.ManualCase, "open", {"state": CaseState.DECIDED}, "who decided"),
        (kept.ManualCase, "open", {"by_fund": {Fund.POOLED: 5}}, "nobody decided"),
        (kept.ManualCase, "open", {"member_id": "other"}, "its member"),
        (kept.ManualCase, "decided", {"state": CaseState.OPEN}, "who decided"),
        (kept.ManualCase, "decided", {"decided_by": ""}, "who decided"),
        (kept.ManualCase, "decided", {"by_fund": {Fund.POOLED: 10**9}}, "reimbursed"),
        (kept.ManualCase, "withdrawn", {"state": CaseState.OPEN}, "is open"),
        (kept.Debit, "drawn", {"state": DebitState.UNDONE}, ""),
        (kept.Debit, "drawn", {"state": DebitState.REFUSED}, ""),
        (kept.Debit, "drawn", {"amount_fen": 1}, ""),
        (kept.Debit, "undone", {"state": DebitState.DEBITED}, ""),
        (kept.Debit, "undone", {"amount_fen": 0}, "with 0 fen"),
        (kept.Debit, "empty", {"state": DebitState.DEBITED}, "with 0 fen"),
        (kept.Account, "A1", {"opening_fen": -1, "balance_fen": -301}, "below zero"),
        (kept.Account, "A1", {"balance_fen": 1_000}, "its balance"),
        (BookedLine, "r-reversed", {"kind": "restoration"}, ""),
        (BookedLine, "paid", {"total_fen": 7}, ""),
    ],
)  # fmt: skip
def test_a_tampered_row_is_found(
    told: Agency, record: type[Any], key: str, changes: dict[str, Any], named: str
) -> None:
    def is_meant(row: Any) -> bool:
        names = ("case_id", "debit_id", "line_id", "settlement_id", "account_id")
        return next((getattr(row, n) for n in names if hasattr(row, n)), "") == key

    row = next(filter(is_meant, told.pump.rows(told.at, record)))
    told.pump.put(told.at, replace(row, **changes))
    try:
        fault = _fault(told)
    finally:
        told.pump.put(told.at, row)
    assert fault
    assert named in fault
    assert _fault(told) == ""


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (kept.CareRequest, ("310000", "H1", "request of paid")),
        (kept.CareRequest, ("310000", "H1", "request of c-cancelled")),
        (kept.ManualCase, ("open",)),
        (kept.LiveSettlement, ("310000", "v-paid")),
        (BookedLine, ("drawn",)),
        (BookedLine, ("u-undone",)),
        (BookedLine, ("c-cancelled",)),
    ],
)
def test_a_lost_row_is_found(told: Agency, record: type[Any], key: tuple[str, ...]) -> None:
    def without(unit: Any) -> str:
        unit.table(record).delete(*key)
        return verify_insured(unit, told.at.region)[1]

    assert told.pump.look(told.at, without)  # rolled back after
    assert _fault(told) == ""
