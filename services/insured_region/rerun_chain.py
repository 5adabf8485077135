"""One member's benefit year, run again: what stands in it, and what it comes to now.

A chain has the year's claims in the order they were decided. Those of the days that the
publication decides are decided again; the others stand with what they added and what was
recorded as corrected since, and a person's decisions stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from clearing.benefits.adjudicate import adjudicate
from clearing.benefits.bundles.publications import by_precedence, deciding
from clearing.benefits.bundles.rerun import ChainEntry, Redecided, added, remedy_of, rerun
from clearing.benefits.claim import Claim, Decision, Fund, Outcome
from clearing.benefits.policy import Policy
from clearing.money import Fen
from clearing.ports import UnitOfWork
from clearing.settlement import SettlementState
from services.insured_region.claim_entry import claim_of, entry_of
from services.insured_region.records import CaseState, LiveSettlement, ManualCase, Settlement
from services.insured_region.rerun_records import (
    ItemState,
    Rerun,
    RerunChain,
    RerunEntry,
    RerunItem,
)
from services.insured_region.rules import publications

SETTLEMENT, STANDING, CASE = "settlement", "standing", "case"
_LIVE = (SettlementState.SETTLED, SettlementState.MANUAL)


@dataclass(frozen=True, slots=True)
class Chains:
    """Runs chains of a region again for one job; ``policy_of`` gives the policy of a bundle."""

    job: Rerun
    region: str
    policy_of: Callable[[str], Policy]
    uow: UnitOfWork

    def found(self, member_id: str, benefit_year: int, places: int) -> RerunChain | None:
        """Return a chain as it stands now, ``None`` where the publication decides none of it."""
        entries = sorted(self._entries(member_id, benefit_year), key=lambda each: each.place)
        if not any(entry.kind == SETTLEMENT for entry in entries):
            return None
        return RerunChain(
            self.job.rerun_id,
            member_id,
            benefit_year,
            len(publications(self.uow)),
            places,
            tuple(entries),
        )

    def items(self, chain: RerunChain) -> Iterator[RerunItem]:
        """Yield what each settlement of a chain comes to; the same however often it is asked.

        What was refused, and is refused now, is no settlement to list.
        """
        in_force = by_precedence(publications(self.uow)[: chain.publications])

        def decide(claim: Claim, before: Mapping[str, int]) -> Decision:
            return adjudicate(deciding(in_force, claim, self.policy_of), claim, before)

        settlements = {
            entry.entry_id: self._settlement(entry.entry_id)
            for entry in chain.entries
            if entry.kind == SETTLEMENT
        }
        entries = [self._chain_entry(entry, chain) for entry in chain.entries]
        for again in rerun(chain.benefit_year, entries, decide):
            settlement = settlements[again.entry_id]
            if {settlement.outcome, again.outcome} != {Outcome.REFUSED}:
                yield self._item(chain, settlement, again)

    def _entries(self, member_id: str, benefit_year: int) -> Iterator[RerunEntry]:
        cases = self.uow.table(ManualCase).select(member_id=member_id)
        decided = {case.case_id: case for case in cases if case.state is CaseState.DECIDED}
        for settlement in self._decided(member_id, benefit_year):
            if settlement.settlement_id in decided:
                continue  # a person decided it: that decision stands
            if self._is_touched(settlement):
                yield RerunEntry(settlement.place, SETTLEMENT, settlement.settlement_id)
            elif settlement.state is not SettlementState.MANUAL:
                yield RerunEntry(settlement.place, STANDING, settlement.settlement_id)
        for case in decided.values():
            if case.benefit_year == benefit_year:
                yield RerunEntry(case.place, CASE, case.case_id)

    def _decided(self, member_id: str, benefit_year: int) -> Iterator[Settlement]:
        """Yield the year's live settlements, and what was refused and never settled since."""
        refused: dict[tuple[str, str], Settlement] = {}
        for settlement in self.uow.table(Settlement).select(member_id=member_id):
            if not settlement.place or settlement.benefit_year != benefit_year:
                continue
            if settlement.state in _LIVE:
                yield settlement
            elif settlement.state is SettlementState.REFUSED:
                visit = (settlement.care_region, settlement.visit_id)
                last = refused.get(visit)
                if last is None or last.place < settlement.place:
                    refused[visit] = settlement
        for visit, settlement in refused.items():
            live = self.uow.table(LiveSettlement).get(*visit)
            reimbursed = live is not None and live.settlement_id == settlement.settlement_id
            if reimbursed or (live is None and self._is_touched(settlement)):
                yield settlement

    def _is_touched(self, settlement: Settlement) -> bool:
        return self._day(settlement) >= self.job.from_on

    def _day(self, settlement: Settlement) -> date:
        return self.policy_of(self.job.bundle_hash).day_of(self._claim(settlement))

    def _claim(self, settlement: Settlement) -> Claim:
        entry = entry_of(settlement, self.region)
        assert entry is not None, "what has a place in a chain came to a claim"
        return claim_of(entry)

    def _settlement(self, settlement_id: str) -> Settlement:
        settlement = self.uow.table(Settlement).get(settlement_id)
        if settlement is None:
            raise LookupError(f"settlement {settlement_id} is missing")
        return settlement

    def _chain_entry(self, entry: RerunEntry, chain: RerunChain) -> ChainEntry:
        if entry.kind == SETTLEMENT:
            claim = self._claim(self._settlement(entry.entry_id))
            return ChainEntry(entry.place, entry.entry_id, claim)
        if entry.kind == STANDING:
            _, additions = self._stood(self._settlement(entry.entry_id), chain)
            return ChainEntry(entry.place, entry.entry_id, None, additions)
        case = self.uow.table(ManualCase).get(entry.entry_id)
        if case is None:
            raise LookupError(f"manual case {entry.entry_id} is missing")
        return ChainEntry(entry.place, entry.entry_id, None, case.additions)

    def _item(self, chain: RerunChain, settlement: Settlement, again: Redecided) -> RerunItem:
        by_fund, additions = self._stood(settlement, chain)
        return RerunItem(
            rerun_id=chain.rerun_id,
            settlement_id=settlement.settlement_id,
            member_id=settlement.member_id,
            benefit_year=chain.benefit_year,
            day=self._day(settlement),
            old_outcome=settlement.outcome,
            new_outcome=again.outcome,
            new_code=again.code,
            old_by_fund=by_fund,
            new_by_fund=again.by_fund,
            old_additions=additions,
            new_additions=again.additions,
            before=again.before,
            old_bundle=settlement.policy_bundle,
            new_bundle=again.bundle_hash,
            remedy=remedy_of(settlement.outcome, by_fund, again.outcome, again.by_fund),
        )

    def _stood(
        self, settlement: Settlement, chain: RerunChain
    ) -> tuple[dict[Fund, Fen], dict[str, int]]:
        """Return what a settlement came to with the corrections recorded when it was run."""
        by_fund = dict(settlement.by_fund)
        additions = dict(settlement.additions)
        for item in self.uow.table(RerunItem).select(settlement_id=settlement.settlement_id):
            if item.state is ItemState.RECORDED and item.place <= chain.places:
                for fund, amount_fen in item.by_fund.items():
                    by_fund[fund] = by_fund.get(fund, 0) + amount_fen
                additions = added(additions, item.additions)
        return {fund: amount for fund, amount in by_fund.items() if amount}, additions
