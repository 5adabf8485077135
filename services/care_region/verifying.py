"""Recomputing a care region's books from its fee lines up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clearing.benefits.claim import Fund, Outcome
from clearing.calendar import civil_date
from clearing.catalogue import line_amount_fen
from clearing.errors import InvariantBroken
from clearing.geography import is_home
from clearing.messages import CostSplit
from clearing.money import Fen
from clearing.ports import UnitOfWork
from clearing.report import CORRECTING
from clearing.settlement import SettlementState, clearing_type
from services.care_region.records import (
    Debit,
    DebitState,
    FeeLineRow,
    Settlement,
    Undo,
    Visit,
    VisitState,
)
from services.care_region.settlement_view import cost_split, payment_split
from services.care_region.visits import cost_of
from services.node.day_book import BookedLine
from services.node.scanning import every
from services.node.standing_lines import standing_lines

_TAKEN_BACK = ("cancellation", "reversal")
_LIVE = (SettlementState.SETTLED, SettlementState.MANUAL)
_UNDONE = (SettlementState.CANCELLED, SettlementState.REVERSED)
_STATES: Mapping[Outcome | None, tuple[SettlementState, ...]] = {
    None: (SettlementState.REQUESTED, SettlementState.EXPIRED),
    Outcome.PAID: (SettlementState.SETTLED, *_UNDONE),
    Outcome.MANUAL: (SettlementState.MANUAL, *_UNDONE),
    Outcome.REFUSED: (SettlementState.REFUSED,),
}
_GIVEN_BACK = (DebitState.GIVEN_UP, DebitState.UNDOING, DebitState.UNDONE)


def verify_care(uow: UnitOfWork, region: str) -> tuple[int, str]:
    """Return how many entries were recomputed and the first fault, ``""`` when sound."""
    entries = 0
    for entries, fault in enumerate(_faults(uow, region), start=1):
        if fault:
            return entries, fault
    return entries, ""


def _faults(uow: UnitOfWork, region: str) -> Iterator[str]:
    """Yield one entry's fault after another, ``""`` for a sound one."""
    settling: set[str] = set()
    for visit in every(uow, Visit, ("visit_id",)):
        yield _visit_fault(visit, uow)
        if visit.state is VisitState.SETTLING:
            settling.add(visit.visit_id)
    standing = standing_lines(uow, "care")
    for settlement in every(uow, Settlement, ("settlement_id",)):
        yield _settlement_fault(settlement, uow, region, standing)
        if _is_pending(settlement, uow):
            settling.discard(settlement.visit_id)
    for visit_id in sorted(settling):
        yield f"visit {visit_id}: it is settling and nothing of it is awaited"
    for debit in every(uow, Debit, ("debit_id",)):
        yield _debit_fault(debit, uow, region, standing)
    for line in every(uow, BookedLine, ("line_id",)):
        if line.side == "care":
            yield _line_fault(line, uow, region)


def _visit_fault(visit: Visit, uow: UnitOfWork) -> str:
    name = f"visit {visit.visit_id}"
    cost, lines = CostSplit(), 0
    for row in uow.table(FeeLineRow).select(visit_id=visit.visit_id):
        parts = (row.own_pay_fen, row.over_limit_fen, row.first_pay_fen, row.in_scope_fen)
        if sum(parts) != row.amount_fen:
            return f"fee line {visit.visit_id}/{row.line_no}: its parts are not its amount"
        if line_amount_fen(row.quantity_e4, row.unit_price_e6) != row.amount_fen:
            return f"fee line {visit.visit_id}/{row.line_no}: its amount is not quantity × price"
        if not row.voided:
            cost, lines = cost + CostSplit(row.amount_fen, *parts), lines + 1
    if (cost, lines) != (cost_of(visit), visit.line_count):
        return f"{name}: its totals are not the sum of its fee lines"
    last = uow.table(Settlement).get(visit.settlement_id) if visit.settlement_id else None
    if (last.visit_id if last else "") != (visit.visit_id if visit.settlement_id else ""):
        return f"{name}: its last settlement is missing"
    live = last is not None and last.state in _LIVE
    if visit.state is not VisitState.SETTLING and live != (visit.state is VisitState.SETTLED):
        return f"{name}: it is {visit.state}, and its last settlement says otherwise"
    return ""


def _is_pending(settlement: Settlement, uow: UnitOfWork) -> bool:
    """Tell whether a decision or an undoing of it is awaited: its visit is then settling."""
    undo = uow.table(Undo).get(settlement.undo_id) if settlement.undo_id else None
    if undo is not None:
        return undo.awaits_policy or undo.awaits_account
    return settlement.state is SettlementState.REQUESTED


def _settlement_fault(
    settlement: Settlement, uow: UnitOfWork, region: str, standing: Mapping[str, int]
) -> str:
    name = f"settlement {settlement.settlement_id}"
    try:
        payment = payment_split(settlement)
    except InvariantBroken as error:
        return f"{name}: {error.message_en}"
    # Not the patient's part: a second fund (large amounts, big illness) may bear some of it.
    if payment.deductible_fen > settlement.total_fen - payment.by_fund.get(Fund.POOLED, 0):
        return f"{name}: its deductible is above what the pooled fund left"
    if settlement.state not in _STATES[settlement.outcome]:
        return f"{name}: it is {settlement.state} with the outcome {settlement.outcome}"
    visit = uow.table(Visit).get(settlement.visit_id)
    if visit is None:
        return f"{name}: its visit is missing"
    pending = _is_pending(settlement, uow)
    return (
        _visit_mismatch(settlement, visit, pending=pending)
        or _undo_mismatch(settlement, uow)
        or _account_mismatch(settlement, uow)
        or _book_mismatch(settlement, region, standing, pending=pending)
    )


def _visit_mismatch(settlement: Settlement, visit: Visit, *, pending: bool) -> str:
    name = f"settlement {settlement.settlement_id}"
    mine = (
        settlement.member_id,
        settlement.insured_region,
        settlement.institution_id,
        settlement.care_type,
    )
    if mine != (visit.member_id, visit.insured_region, visit.institution_id, visit.care_type):
        return f"{name}: its member, region, institution or kind of care is not its visit's"
    if pending:
        settling = visit.state is VisitState.SETTLING
        return "" if settling else f"{name}: it is awaited, and its visit is {visit.state}"
    stands = visit.state is VisitState.SETTLED and visit.settlement_id == settlement.settlement_id
    if stands != (settlement.state in _LIVE):
        return f"{name}: it is {settlement.state}, and its visit says otherwise"
    if stands and cost_split(settlement) != cost_of(visit):
        return f"{name}: its cost is not that of its visit"
    if stands and settlement.visit_changes != visit.changes:
        return f"{name}: its visit was changed after it"
    return ""


def _undo_mismatch(settlement: Settlement, uow: UnitOfWork) -> str:
    name = f"settlement {settlement.settlement_id}"
    if not settlement.undo_id:
        undone = settlement.state in _UNDONE
        return f"{name}: it is {settlement.state}, and nothing undid it" if undone else ""
    undo = uow.table(Undo).get(settlement.undo_id)
    if undo is None or undo.settlement_id != settlement.settlement_id:
        return f"{name}: what undid it is missing"
    return ""


def _account_mismatch(settlement: Settlement, uow: UnitOfWork) -> str:
    """Compare the account's part with the debit that drew it."""
    name = f"settlement {settlement.settlement_id}"
    if not settlement.debit_id:
        none = settlement.account_fen == 0 and not settlement.awaits_account
        return "" if none else f"{name}: it has account money and no debit"
    debit = uow.table(Debit).get(settlement.debit_id)
    if debit is None or debit.settlement_id != settlement.settlement_id:
        return f"{name}: its debit is missing"
    allowed: tuple[Fen, ...]
    if settlement.awaits_account:  # one restored shows what it drew before
        allowed = (0, debit.limit_fen)
    elif debit.state in (DebitState.REFUSED, DebitState.GIVEN_UP):
        allowed = (0,)
    elif debit.state is DebitState.UNDONE:  # it may have been given up
        allowed = (0, debit.amount_fen)
    else:
        allowed = (debit.amount_fen,)
    if settlement.account_fen not in allowed:
        return f"{name}: its account money is not what its debit drew"
    asked = debit.state is DebitState.REQUESTED
    if settlement.awaits_account != asked and debit.state is not DebitState.UNDOING:
        return f"{name}: its debit is {debit.state}, and it says otherwise"
    return ""


def _book_mismatch(
    settlement: Settlement, region: str, standing: Mapping[str, int], *, pending: bool
) -> str:
    name = f"settlement {settlement.settlement_id}"
    booked = standing.get(settlement.settlement_id)
    if is_home(settlement.insured_region, region) or settlement.outcome is not Outcome.PAID:
        return "" if booked is None else f"{name}: it has a line in the day's book"
    if booked is None:
        return f"{name}: its line in the day's book is missing"
    # While an undoing is awaited its line may be there before the settlement's state says so.
    if not pending and booked != int(settlement.state in _LIVE):
        return f"{name}: it is {settlement.state}, and the day's book says otherwise"
    return ""


def _debit_fault(debit: Debit, uow: UnitOfWork, region: str, standing: Mapping[str, int]) -> str:
    name = f"debit {debit.debit_id}"
    settlement = uow.table(Settlement).get(debit.settlement_id)
    if settlement is None:
        return f"{name}: its settlement is missing"
    account = (settlement.account_id, settlement.account_region)
    if (debit.account_id, debit.account_region) != account:
        return f"{name}: its account is not that of its settlement"
    if debit.amount_fen < 0:
        return f"{name}: it drew less than nothing"
    # Of another region's mistake the books tell as well, once it has given the money back.
    if debit.amount_fen > debit.limit_fen and debit.state is not DebitState.UNDONE:
        return f"{name}: it drew more than was asked"
    drawn = debit.amount_fen > 0
    if debit.state not in _GIVEN_BACK and drawn != (debit.state is DebitState.DEBITED):
        return f"{name}: it is {debit.state} with {debit.amount_fen} fen"
    if (debit.state in _GIVEN_BACK) != bool(debit.debit_undo_id):
        return f"{name}: it is {debit.state}, and its undoing says otherwise"
    expected = None
    if drawn and not is_home(debit.account_region, region):
        expected = int(debit.state is not DebitState.UNDONE)
    if standing.get(debit.debit_id) != expected:
        return f"{name}: it is {debit.state}, and the day's book says otherwise"
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
    if line.kind in CORRECTING:
        return _correction_fault(line, settlement)
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
    if not first:
        undo = uow.table(Undo).get(line.line_id)
        if undo is None or undo.settlement_id != line.settlement_id:
            return f"{name}: the {line.kind} it is of is missing"
        if line.kind != ("restoration" if undo.result == "restored" else undo.kind):
            return f"{name}: it is no {line.kind}"
    return ""


def _correction_fault(line: BookedLine, settlement: Settlement) -> str:
    """Compare a correction with its settlement; its amount is the insured region's to prove."""
    name = f"booked line {line.line_id}"
    said = (line.payer_region, line.total_fen, line.original_line_id)
    if said != (settlement.insured_region, 0, settlement.settlement_id):
        return f"{name}: it does not say what its settlement says"
    standing = settlement.state is SettlementState.SETTLED
    return "" if standing else f"{name}: it corrects what is {settlement.state}"


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
