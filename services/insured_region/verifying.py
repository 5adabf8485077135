"""Recomputing an insured region's books: every decision again, every sum from its parts."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from clearing.benefits.adjudicate import adjudicate
from clearing.benefits.claim import Fund, Outcome
from clearing.benefits.policy import Policy
from clearing.calendar import civil_date
from clearing.errors import InvariantBroken
from clearing.geography import is_home
from clearing.lines_digest import digest_of_lines
from clearing.ports import UnitOfWork
from clearing.report import CORRECTING
from clearing.settlement import SettlementState, clearing_type
from services.insured_region.claim_entry import claim_of, entry_of
from services.insured_region.records import (
    Account,
    CareRequest,
    CaseState,
    Debit,
    DebitState,
    JournalHead,
    KeptBundle,
    LineDetails,
    LiveSettlement,
    ManualCase,
    Receivable,
    RequestKind,
    Settlement,
    YearAccumulators,
)
from services.insured_region.rerun_records import ItemState, RerunItem
from services.insured_region.rules import publications, read_kept
from services.insured_region.seal import seal_of
from services.insured_region.verifying_rules import bundle_faults, rerun_faults
from services.node.day_book import BookedLine
from services.node.scanning import every
from services.node.standing_lines import standing_lines

_TAKEN_BACK = ("cancellation", "reversal")
_LIVE = (SettlementState.SETTLED, SettlementState.MANUAL)
_UNDONE = (SettlementState.CANCELLED, SettlementState.REVERSED)
_STATES: Mapping[Outcome, tuple[SettlementState, ...]] = {
    Outcome.PAID: (SettlementState.SETTLED, *_UNDONE),
    Outcome.MANUAL: (SettlementState.MANUAL, *_UNDONE),
    Outcome.REFUSED: (SettlementState.REFUSED,),
}
_Years = dict[tuple[str, int], dict[str, int]]
_Places = dict[tuple[str, int], list[int]]


def verify_insured(uow: UnitOfWork, region: str) -> tuple[int, str]:
    """Return how many entries were recomputed and the first fault, ``""`` when sound."""
    entries = 0
    for entries, fault in enumerate(_faults(uow, region), start=1):
        if fault:
            return entries, fault
    return entries, ""


def told_heads(uow: UnitOfWork) -> Mapping[int, str]:
    """Return the heads of the house's journal that this region was told, hash by sequence."""
    return {head.sequence: head.hash for head in every(uow, JournalHead, ("sequence",))}


def _faults(uow: UnitOfWork, region: str) -> Iterator[str]:
    """Yield one entry's fault after another, ``""`` for a sound one."""
    added: _Years = {}
    policies: dict[str, Policy | None] = {}
    places: _Places = {}
    standing = standing_lines(uow, "payer")
    cancelled = _cancelled(uow)
    published = {each.bundle_hash for each in publications(uow)}
    for settlement in every(uow, Settlement, ("settlement_id",)):
        yield (
            _settlement_fault(settlement, uow, region, policies)
            or _rules_fault(settlement, published)
            or _origin_fault(settlement, uow, cancelled)
            or _book_fault(settlement, uow, region, standing)
        )
        if settlement.place:
            places.setdefault((settlement.member_id, settlement.benefit_year), []).append(
                settlement.place
            )
        if settlement.state is SettlementState.SETTLED:
            _add(added, settlement.member_id, settlement.benefit_year, settlement.additions)
    for live in every(uow, LiveSettlement, ("care_region", "visit_id")):
        of = uow.table(Settlement).get(live.settlement_id)
        known = of is not None and (of.care_region, of.visit_id) == (
            live.care_region,
            live.visit_id,
        )
        yield "" if known else f"visit {live.visit_id}: its live settlement is missing"
    for case in every(uow, ManualCase, ("case_id",)):
        yield _case_fault(case, uow)
        if case.state is CaseState.DECIDED:
            _add(added, case.member_id, case.benefit_year, case.additions)
            places.setdefault((case.member_id, case.benefit_year), []).append(case.place)
    for item in every(uow, RerunItem, ("rerun_id", "settlement_id")):
        if item.state is ItemState.RECORDED:
            _add(added, item.member_id, item.benefit_year, item.additions)
            places.setdefault((item.member_id, item.benefit_year), []).append(item.place)
    yield from _accumulator_faults(uow, added, places)
    yield from bundle_faults(uow)
    yield from rerun_faults(uow, region, lambda bundle: _known_policy(bundle, uow, policies))
    yield from _account_faults(uow)
    for debit in every(uow, Debit, ("debit_id",)):
        yield _debit_fault(debit, region, standing)
    for line in every(uow, BookedLine, ("line_id",)):
        if line.side == "payer":
            yield _line_fault(line, uow, region)


def _settlement_fault(
    settlement: Settlement, uow: UnitOfWork, region: str, policies: dict[str, Policy | None]
) -> str:
    name = f"settlement {settlement.settlement_id}"
    if seal_of(settlement) != settlement.seal:
        return f"{name}: it is not what was sealed when it was decided"
    standing = uow.table(LiveSettlement).get(settlement.care_region, settlement.visit_id)
    stands = standing is not None and standing.settlement_id == settlement.settlement_id
    if stands != (settlement.state in _LIVE or _is_reimbursed(settlement, uow)):
        return f"{name}: it is {settlement.state}, and its visit says otherwise"
    chunks = uow.table(LineDetails).select(settlement_id=settlement.settlement_id)
    if chunks and len(chunks) == chunks[0].chunks:  # they never hold a settlement up
        kept = [line for chunk in chunks for line in chunk.lines]
        if digest_of_lines(kept) != settlement.lines_digest:
            return f"{name}: its fee lines are not those it was decided on"
    receivable = uow.table(Receivable).get(settlement.settlement_id)
    if (receivable.amount_fen if receivable else 0) != settlement.recoverable_fen:
        return f"{name}: what is to be recovered for it is booked otherwise"
    if settlement.outcome is not Outcome.PAID:
        return ""
    policy = _known_policy(settlement.policy_bundle, uow, policies)
    entry = entry_of(settlement, region)
    if policy is None or entry is None:
        return f"{name}: the rule bundle or claim it was decided on is missing"
    decision = adjudicate(policy, claim_of(entry), settlement.before)
    again = (
        decision.outcome,
        dict(decision.by_fund),
        dict(decision.additions),
        decision.recoverable_fen,
    )
    stored = (
        settlement.outcome,
        dict(settlement.by_fund),
        dict(settlement.additions),
        settlement.recoverable_fen,
    )
    if again != stored:
        return f"{name}: decided again it comes out differently"
    return ""


def _rules_fault(settlement: Settlement, published: Container[str]) -> str:
    if settlement.policy_bundle in published or not settlement.place:
        return ""
    return f"settlement {settlement.settlement_id}: its rules were never published"


def _is_reimbursed(settlement: Settlement, uow: UnitOfWork) -> bool:
    """Tell whether a refused settlement was reimbursed by hand: its visit then stands on it."""
    if settlement.state is not SettlementState.REFUSED:
        return False
    items = uow.table(RerunItem).select(settlement_id=settlement.settlement_id)
    return any(item.state is ItemState.RECORDED for item in items)


def _cancelled(uow: UnitOfWork) -> Mapping[str, str]:
    """Return the settlement that each cancellation was asked of."""
    requests = every(uow, CareRequest, ("care_region", "institution_id", "request_id"))
    return {
        request.undo_id: request.settlement_id
        for request in requests
        if request.kind is RequestKind.CANCELLATION
    }


def _origin_fault(settlement: Settlement, uow: UnitOfWork, cancelled: Mapping[str, str]) -> str:
    """Compare a settlement with the requests that made and undid it, and with its case."""
    name = f"settlement {settlement.settlement_id}"
    if settlement.state not in _STATES[settlement.outcome]:
        return f"{name}: it is {settlement.state} with the outcome {settlement.outcome}"
    request = uow.table(CareRequest).get(
        settlement.care_region, settlement.institution_id, settlement.request_id
    )
    asked = request is not None and request.kind is RequestKind.SETTLE
    if request is None or not asked or request.settlement_id != settlement.settlement_id:
        return f"{name}: the request that asked for it is missing"
    if settlement.state in _UNDONE and not settlement.undo_id:
        return f"{name}: it is {settlement.state}, and nothing undid it"
    # A reversal leaves no request here; one restored keeps the cancellation it had.
    cancellation = "" if settlement.state is SettlementState.REVERSED else settlement.undo_id
    if cancellation and cancelled.get(cancellation) != settlement.settlement_id:
        return f"{name}: the cancellation that undid it is missing"
    case = uow.table(ManualCase).get(settlement.settlement_id)
    if (case is not None) != (settlement.outcome is Outcome.MANUAL):
        return f"{name}: its manual case is missing, or it should have none"
    return ""


def _book_fault(
    settlement: Settlement, uow: UnitOfWork, region: str, standing: Mapping[str, int]
) -> str:
    name = f"settlement {settlement.settlement_id}"
    booked = standing.get(settlement.settlement_id)
    if is_home(region, settlement.care_region) or settlement.outcome is not Outcome.PAID:
        return "" if booked is None else f"{name}: it has a line in the day's book"
    if booked is None:
        return f"{name}: its line in the day's book is missing"
    if booked != int(settlement.state in _LIVE):
        return f"{name}: it is {settlement.state}, and the day's book says otherwise"
    if settlement.undo_id and uow.table(BookedLine).get(settlement.undo_id) is None:
        return f"{name}: the line that took it back is missing"
    return ""


def _case_fault(case: ManualCase, uow: UnitOfWork) -> str:
    name = f"manual case {case.case_id}"
    settlement = uow.table(Settlement).get(case.case_id)
    if settlement is None:
        return f"{name}: its settlement is missing"
    if (case.member_id, case.benefit_year) != (settlement.member_id, settlement.benefit_year):
        return f"{name}: its member or year is not that of its settlement"
    if (case.state is CaseState.WITHDRAWN) != (settlement.state in _UNDONE):
        return f"{name}: it is {case.state}, and its settlement is {settlement.state}"
    if (case.state is CaseState.DECIDED) != bool(case.decided_by):
        return f"{name}: it is {case.state}, and who decided it says otherwise"
    if case.state is not CaseState.DECIDED and (case.by_fund or case.additions):
        return f"{name}: it has amounts and nobody decided it"
    if not 0 <= sum(case.by_fund.values()) <= settlement.total_fen:
        return f"{name}: more is reimbursed than the visit cost"
    return ""


def _debit_fault(debit: Debit, region: str, standing: Mapping[str, int]) -> str:
    name = f"debit {debit.debit_id}"
    drew = debit.state in (DebitState.DEBITED, DebitState.UNDONE)
    if drew != (debit.amount_fen > 0) or debit.amount_fen < 0:
        return f"{name}: it is {debit.state} with {debit.amount_fen} fen"
    expected = None
    if drew and not is_home(region, debit.care_region):
        expected = int(debit.state is DebitState.DEBITED)
    if standing.get(debit.debit_id) != expected:
        return f"{name}: it is {debit.state}, and the day's book says otherwise"
    return ""


def _known_policy(
    bundle: str, uow: UnitOfWork, policies: dict[str, Policy | None]
) -> Policy | None:
    if bundle not in policies:
        policies[bundle] = _kept_policy(bundle, uow)
    return policies[bundle]


def _kept_policy(bundle: str, uow: UnitOfWork) -> Policy | None:
    """Return the policy of a kept bundle, ``None`` when it is missing or not what it was."""
    kept = uow.table(KeptBundle).get(bundle)
    if kept is None:
        return None
    try:
        return read_kept(kept)
    except InvariantBroken:
        return None


def _add(years: _Years, member_id: str, year: int, additions: Mapping[str, int]) -> None:
    values = years.setdefault((member_id, year), {})
    for name, amount in additions.items():
        values[name] = values.get(name, 0) + amount


def _accumulator_faults(uow: UnitOfWork, added: _Years, places: _Places) -> Iterator[str]:
    for row in every(uow, YearAccumulators, ("member_id", "benefit_year")):
        expected = added.pop((row.member_id, row.benefit_year), {})
        name = f"accumulators of {row.member_id} in {row.benefit_year}"
        taken = sorted(places.pop((row.member_id, row.benefit_year), []))
        if dict(row.values) != {name: value for name, value in expected.items() if value}:
            yield f"{name} are not the sum of what was added"
        elif taken != list(range(1, row.places + 1)):
            yield f"{name}: the places of its chain are {taken}, and {row.places} were given"
        else:
            yield ""
    for (member_id, year), values in added.items():
        if any(values.values()):
            yield f"accumulators of {member_id} in {year} are missing"
    for member_id, year in places:
        yield f"accumulators of {member_id} in {year} are missing"


def _account_faults(uow: UnitOfWork) -> Iterator[str]:
    for account in every(uow, Account, ("account_id",)):
        debits = uow.table(Debit).select(account_id=account.account_id)
        drawn = sum(debit.amount_fen for debit in debits if debit.state is DebitState.DEBITED)
        name = f"account {account.account_id}"
        if account.balance_fen != account.opening_fen - drawn:
            yield f"{name}: its balance is not its opening less what was drawn"
        elif account.opening_fen < 0 or account.balance_fen < 0:
            yield f"{name}: it is below zero"
        else:
            yield ""


def _line_fault(line: BookedLine, uow: UnitOfWork, region: str) -> str:
    name = f"booked line {line.line_id}"
    if line.on != civil_date(line.business_time) or line.payer_region != region:
        return f"{name}: its day or payer is not what it was"
    if line.kind in ("debit", "debit_reversal"):
        return _debit_line_fault(line, uow)
    settlement = uow.table(Settlement).get(line.settlement_id)
    if settlement is None:
        return f"{name}: its settlement is missing"
    if line.kind in CORRECTING:
        return _correction_fault(line, settlement, uow)
    sign = -1 if line.kind in _TAKEN_BACK else 1
    expected = (
        settlement.care_region,
        settlement.scheme,
        clearing_type(settlement.care_type),
        sign * settlement.total_fen,
        {fund: sign * amount for fund, amount in settlement.by_fund.items()},
    )
    booked = (
        line.care_region,
        line.scheme,
        line.clearing_type,
        line.total_fen,
        dict(line.by_fund),
    )
    if booked != expected:
        return f"{name}: it does not say what its settlement says"
    first = line.line_id == line.settlement_id
    if first != (line.kind == "settlement") or first != (not line.original_line_id):
        return f"{name}: it is no {line.kind}"
    if first and line.business_time != settlement.business_time:
        return f"{name}: its business time is not that of its settlement"
    return ""


def _correction_fault(line: BookedLine, settlement: Settlement, uow: UnitOfWork) -> str:
    name = f"booked line {line.line_id}"
    items = uow.table(RerunItem).select(settlement_id=line.settlement_id)
    item = next((item for item in items if item.correction_id == line.line_id), None)
    if item is None:
        return f"{name}: the correction it is of is missing"
    expected = (settlement.care_region, settlement.scheme, 0, item.difference)
    if (line.care_region, line.scheme, line.total_fen, dict(line.by_fund)) != expected:
        return f"{name}: it does not say what its correction says"
    if line.original_line_id != line.settlement_id:
        return f"{name}: it is not linked to its settlement"
    return ""


def _debit_line_fault(line: BookedLine, uow: UnitOfWork) -> str:
    name = f"booked line {line.line_id}"
    debit = uow.table(Debit).get(line.original_line_id or line.line_id)
    if debit is None or debit.scheme is None or debit.care_type is None:
        return f"{name}: its debit is missing"
    undone = line.kind == "debit_reversal"
    if undone != bool(line.original_line_id):
        return f"{name}: it is no {line.kind}"
    expected = (
        debit.settlement_id,
        debit.care_region,
        debit.scheme,
        clearing_type(debit.care_type),
        0,
        {Fund.PERSONAL_ACCOUNT: -debit.amount_fen if undone else debit.amount_fen},
    )
    booked = (
        line.settlement_id,
        line.care_region,
        line.scheme,
        line.clearing_type,
        line.total_fen,
        dict(line.by_fund),
    )
    return "" if booked == expected else f"{name}: it does not say what its debit says"
