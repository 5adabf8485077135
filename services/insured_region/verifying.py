"""Recomputing an insured region's books: every decision again, every sum from its parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from clearing.benefits.adjudicate import adjudicate
from clearing.benefits.claim import Fund, Outcome
from clearing.benefits.loading import policy_from_canonical
from clearing.benefits.policy import Policy
from clearing.calendar import civil_date
from clearing.geography import is_home
from clearing.lines_digest import digest_of_lines
from clearing.ports import UnitOfWork
from clearing.settlement import SettlementState, clearing_type
from services.insured_region.claim_entry import claim_of, entry_of
from services.insured_region.records import (
    Account,
    CaseState,
    Debit,
    DebitState,
    JournalHead,
    KeptBundle,
    LineDetails,
    LiveSettlement,
    ManualCase,
    Settlement,
    YearAccumulators,
)
from services.insured_region.seal import seal_of
from services.node.day_book import BookedLine
from services.node.scanning import every

_TAKEN_BACK = ("cancellation", "reversal")
_Years = dict[tuple[str, int], dict[str, int]]


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
    for settlement in every(uow, Settlement, ("settlement_id",)):
        yield _settlement_fault(settlement, uow, region, policies)
        if settlement.state is SettlementState.SETTLED:
            _add(added, settlement.member_id, settlement.benefit_year, settlement.additions)
    for case in every(uow, ManualCase, ("case_id",)):
        if case.state is CaseState.DECIDED:
            _add(added, case.member_id, case.benefit_year, case.additions)
    yield from _accumulator_faults(uow, added)
    yield from _account_faults(uow)
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
    if stands != (settlement.state in (SettlementState.SETTLED, SettlementState.MANUAL)):
        return f"{name}: it is {settlement.state}, and its visit says otherwise"
    chunks = uow.table(LineDetails).select(settlement_id=settlement.settlement_id)
    if chunks and len(chunks) == chunks[0].chunks:  # they never hold a settlement up
        kept = [line for chunk in chunks for line in chunk.lines]
        if digest_of_lines(kept) != settlement.lines_digest:
            return f"{name}: its fee lines are not those it was decided on"
    if settlement.outcome is not Outcome.PAID:
        return ""
    bundle = settlement.policy_bundle
    if bundle not in policies:
        policies[bundle] = _kept_policy(bundle, uow)
    policy, entry = policies[bundle], entry_of(settlement, region)
    if policy is None or entry is None:
        return f"{name}: the rule bundle or claim it was decided on is missing"
    decision = adjudicate(policy, claim_of(entry), settlement.before)
    again = (decision.outcome, dict(decision.by_fund), dict(decision.additions))
    stored = (settlement.outcome, dict(settlement.by_fund), dict(settlement.additions))
    if again != stored:
        return f"{name}: decided again it comes out differently"
    remote = not is_home(region, settlement.care_region)
    if remote and uow.table(BookedLine).get(settlement.settlement_id) is None:
        return f"{name}: its line in the day's book is missing"
    return ""


def _kept_policy(bundle: str, uow: UnitOfWork) -> Policy | None:
    """Return the policy of a kept bundle, ``None`` when it is missing or not what it was."""
    kept = uow.table(KeptBundle).get(bundle)
    if kept is None:
        return None
    if "sha256:" + hashlib.sha256(kept.canonical.encode()).hexdigest() != bundle:
        return None
    return policy_from_canonical(kept.canonical)


def _add(years: _Years, member_id: str, year: int, additions: Mapping[str, int]) -> None:
    values = years.setdefault((member_id, year), {})
    for name, amount in additions.items():
        values[name] = values.get(name, 0) + amount


def _accumulator_faults(uow: UnitOfWork, added: _Years) -> Iterator[str]:
    for row in every(uow, YearAccumulators, ("member_id", "benefit_year")):
        expected = added.pop((row.member_id, row.benefit_year), {})
        same = dict(row.values) == {name: value for name, value in expected.items() if value}
        yield (
            ""
            if same
            else (
                f"accumulators of {row.member_id} in {row.benefit_year} "
                "are not the sum of what was added"
            )
        )
    for (member_id, year), values in added.items():
        if any(values.values()):
            yield f"accumulators of {member_id} in {year} are missing"


def _account_faults(uow: UnitOfWork) -> Iterator[str]:
    for account in every(uow, Account, ("account_id",)):
        debits = uow.table(Debit).select(account_id=account.account_id)
        drawn = sum(debit.amount_fen for debit in debits if debit.state is DebitState.DEBITED)
        sound = account.balance_fen == account.opening_fen - drawn
        yield (
            ""
            if sound
            else (
                f"account {account.account_id}: its balance is not its opening less what was drawn"
            )
        )


def _line_fault(line: BookedLine, uow: UnitOfWork, region: str) -> str:
    name = f"booked line {line.line_id}"
    if line.on != civil_date(line.business_time) or line.payer_region != region:
        return f"{name}: its day or payer is not what it was"
    if line.kind in ("debit", "debit_reversal"):
        return _debit_line_fault(line, uow)
    settlement = uow.table(Settlement).get(line.settlement_id)
    if settlement is None:
        return f"{name}: its settlement is missing"
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
