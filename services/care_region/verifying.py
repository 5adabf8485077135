"""Recomputing a care region's books from its fee lines up."""

from __future__ import annotations

from collections.abc import Iterator

from clearing.benefits.claim import Fund, Outcome
from clearing.calendar import civil_date
from clearing.errors import InvariantBroken
from clearing.geography import is_home
from clearing.messages import CostSplit
from clearing.money import Fen
from clearing.ports import UnitOfWork
from clearing.settlement import SettlementState, clearing_type
from services.care_region.records import Debit, FeeLineRow, Settlement, Visit, VisitState
from services.care_region.settlement_view import cost_split, payment_split
from services.care_region.visits import cost_of
from services.node.day_book import BookedLine
from services.node.scanning import every

_TAKEN_BACK = ("cancellation", "reversal")


def verify_care(uow: UnitOfWork, region: str) -> tuple[int, str]:
    """Return how many entries were recomputed and the first fault, ``""`` when sound."""
    entries = 0
    for entries, fault in enumerate(_faults(uow, region), start=1):
        if fault:
            return entries, fault
    return entries, ""


def _faults(uow: UnitOfWork, region: str) -> Iterator[str]:
    """Yield one entry's fault after another, ``""`` for a sound one."""
    for visit in every(uow, Visit, ("visit_id",)):
        yield _visit_fault(visit, uow)
    for settlement in every(uow, Settlement, ("settlement_id",)):
        yield _settlement_fault(settlement, uow, region)
    for line in every(uow, BookedLine, ("line_id",)):
        if line.side == "care":
            yield _line_fault(line, uow, region)


def _visit_fault(visit: Visit, uow: UnitOfWork) -> str:
    cost, lines = CostSplit(), 0
    for row in uow.table(FeeLineRow).select(visit_id=visit.visit_id):
        parts = (row.own_pay_fen, row.over_limit_fen, row.first_pay_fen, row.in_scope_fen)
        if sum(parts) != row.amount_fen:
            return f"fee line {visit.visit_id}/{row.line_no}: its parts are not its amount"
        if not row.voided:
            cost, lines = cost + CostSplit(row.amount_fen, *parts), lines + 1
    if (cost, lines) != (cost_of(visit), visit.line_count):
        return f"visit {visit.visit_id}: its totals are not the sum of its fee lines"
    return ""


def _settlement_fault(settlement: Settlement, uow: UnitOfWork, region: str) -> str:
    name = f"settlement {settlement.settlement_id}"
    try:
        payment_split(settlement)
    except InvariantBroken as error:
        return f"{name}: {error.message_en}"
    visit = uow.table(Visit).get(settlement.visit_id)
    if visit is None:
        return f"{name}: its visit is missing"
    stands = visit.state is VisitState.SETTLED and visit.settlement_id == settlement.settlement_id
    if stands and cost_split(settlement) != cost_of(visit):
        return f"{name}: its cost is not that of its visit"
    if stands and settlement.state not in (SettlementState.SETTLED, SettlementState.MANUAL):
        return f"{name}: its visit is settled and it is {settlement.state}"
    remote = not is_home(settlement.insured_region, region)
    paid = settlement.outcome is Outcome.PAID
    if remote and paid and uow.table(BookedLine).get(settlement.settlement_id) is None:
        return f"{name}: its line in the day's book is missing"
    return ""


def _line_fault(line: BookedLine, uow: UnitOfWork, region: str) -> str:
    name = f"booked line {line.line_id}"
    if line.on != civil_date(line.business_time) or line.care_region != region:
        return f"{name}: its day or care region is not what it was"
    settlement = uow.table(Settlement).get(line.settlement_id)
    if settlement is None:
        return f"{name}: its settlement is missing"
    if line.scheme is not settlement.scheme:
        return f"{name}: its scheme is not that of its settlement"
    if line.clearing_type != clearing_type(settlement.care_type):
        return f"{name}: its clearing type is not that of its settlement"
    if line.kind in ("debit", "debit_reversal"):
        return _debit_line_fault(line, uow)
    sign = -1 if line.kind in _TAKEN_BACK else 1
    expected = (
        settlement.insured_region,
        sign * settlement.total_fen,
        {fund: sign * amount for fund, amount in settlement.by_fund.items()},
    )
    if (line.payer_region, line.total_fen, dict(line.by_fund)) != expected:
        return f"{name}: it does not say what its settlement says"
    first = line.line_id == line.settlement_id
    if first != (line.kind == "settlement") or first != (not line.original_line_id):
        return f"{name}: it is no {line.kind}"
    if first and line.business_time != settlement.business_time:
        return f"{name}: its business time is not that of its settlement"
    return ""


def _debit_line_fault(line: BookedLine, uow: UnitOfWork) -> str:
    name = f"booked line {line.line_id}"
    debit = uow.table(Debit).get(line.original_line_id or line.line_id)
    if debit is None:
        return f"{name}: its debit is missing"
    undone = line.kind == "debit_reversal"
    if undone != bool(line.original_line_id):
        return f"{name}: it is no {line.kind}"
    amount_fen: Fen = -debit.amount_fen if undone else debit.amount_fen
    expected = (debit.account_region, 0, {Fund.PERSONAL_ACCOUNT: amount_fen})
    booked = (line.payer_region, line.total_fen, dict(line.by_fund))
    return "" if booked == expected else f"{name}: it does not say what its debit says"
