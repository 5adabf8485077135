"""Recomputing the lives of rule bundles and the re-runs that publications caused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from clearing.benefits.bundles.bundle_life import ActKind, BundleAct, Life, after
from clearing.benefits.bundles.publications import Publication
from clearing.benefits.bundles.rerun import Remedy, added
from clearing.benefits.policy import Policy
from clearing.chain import GENESIS, ChainError, ChainHead, checked
from clearing.errors import InvariantBroken, YidiError
from clearing.ports import UnitOfWork
from clearing.settlement import SettlementState
from services.insured_region.publishing import ACTS
from services.insured_region.records import KeptBundle, Settlement
from services.insured_region.rerun_chain import SETTLEMENT, Chains
from services.insured_region.rerun_records import (
    ItemState,
    Rerun,
    RerunChain,
    RerunItem,
)
from services.insured_region.rules import publications, read_kept
from services.node.day_book import BookedLine
from services.node.scanning import every

PolicyOf = Callable[[str], Policy | None]


def bundle_faults(uow: UnitOfWork) -> Iterator[str]:
    """Yield one entry's fault after another, ``""`` for a sound one."""
    for kept in every(uow, KeptBundle, ("bundle_hash",)):
        try:
            read_kept(kept)
        except InvariantBroken:
            yield f"bundle {kept.bundle_hash}: it is not what its hash is of"
        else:
            yield ""
    lives: dict[str, Life] = {}
    put_in_force: list[BundleAct] = []
    head = uow.table(ChainHead).get(ACTS) or ChainHead(ACTS, 0, GENESIS)
    try:
        for act in checked(every(uow, BundleAct, ("sequence",)), head, "act on a bundle"):
            yield _act_fault(act, lives, uow)
            if act.kind in (ActKind.CONFIGURED, ActKind.PUBLISHED):
                put_in_force.append(act)
    except ChainError as error:
        yield str(error)
        return
    expected = [
        Publication(n, act.bundle_hash, act.from_on, act.sequence, act.kind is ActKind.CONFIGURED)
        for n, act in enumerate(put_in_force, start=1)
    ]
    found = list(every(uow, Publication, ("number",)))
    for n in range(max(len(expected), len(found))):
        same = expected[n : n + 1] == found[n : n + 1]
        yield "" if same else f"publication {n + 1} is not what the acts on bundles say"


def rerun_faults(uow: UnitOfWork, region: str, policy_of: PolicyOf) -> Iterator[str]:
    """Yield one entry's fault after another, ``""`` for a sound one."""
    jobs = {job.rerun_id: job for job in every(uow, Rerun, ("rerun_id",))}
    known = publications(uow)
    chains: Counter[str] = Counter()
    for job in jobs.values():
        yield _job_fault(job, known)
    for chain in every(uow, RerunChain, ("rerun_id", "member_id", "benefit_year")):
        chains[chain.rerun_id] += 1
        asked = jobs.get(chain.rerun_id)
        name = f"{chain.rerun_id} of {chain.member_id} in {chain.benefit_year}"
        if asked is None:
            yield f"{name}: the re-run is missing"
        else:
            yield _chain_fault(name, chain, asked, uow, region, policy_of)
    yield from _item_faults(jobs, chains, uow)
    numbers = {job.number for job in jobs.values()}
    for publication in known:
        ran = publication.configured or publication.number in numbers
        yield "" if ran else f"publication {publication.number}: its re-run is missing"


def _act_fault(act: BundleAct, lives: dict[str, Life], uow: UnitOfWork) -> str:
    name = f"act {act.sequence} on a bundle"
    if uow.table(KeptBundle).get(act.bundle_hash) is None:
        return f"{name}: bundle {act.bundle_hash} is missing"
    if (act.from_on is not None) != (act.kind is ActKind.PUBLISHED):
        return f"{name}: only what is published has a first day"
    try:
        lives[act.bundle_hash] = after(lives.get(act.bundle_hash, Life()), act)
    except YidiError as error:
        return f"{name}: {error.message_en}"
    return ""


def _job_fault(job: Rerun, known: list[Publication]) -> str:
    publication = known[job.number - 1] if 0 < job.number <= len(known) else None
    said = (job.bundle_hash, job.from_on)
    if publication is None or (publication.bundle_hash, publication.from_on) != said:
        return f"{job.rerun_id}: it is not that of publication {job.number}"
    return ""


def _chain_fault(
    name: str,
    chain: RerunChain,
    job: Rerun,
    uow: UnitOfWork,
    region: str,
    policy_of: PolicyOf,
) -> str:
    """Run a chain again as it stood then: every item must come out as it was listed."""

    def policy(bundle: str) -> Policy:
        found = policy_of(bundle)
        if found is None:
            raise LookupError(f"bundle {bundle} is missing")
        return found

    table = uow.table(RerunItem)
    try:
        missing = _left_out(chain, uow)
        if missing:
            return f"{name}: settlement {missing} was left out"
        for again in Chains(job, region, policy, uow).items(chain):
            stored = table.get(again.rerun_id, again.settlement_id)
            if stored is None:
                return f"{name}: settlement {again.settlement_id} is not listed"
            if _as_listed(stored) != again:
                return f"{name}: settlement {again.settlement_id} comes out differently"
    except LookupError as error:
        return f"{name}: {error.args[0]}"
    return ""


def _as_listed(item: RerunItem) -> RerunItem:
    """Return an item as it was before anybody recorded its correction."""
    return replace(
        item,
        state=ItemState.OPEN,
        recorded_by="",
        reason="",
        correction_id="",
        place=0,
        by_fund={},
        additions={},
    )


def _left_out(chain: RerunChain, uow: UnitOfWork) -> str:
    """Return a settlement that stood in the chain all along and is no entry of it."""
    listed = {entry.entry_id for entry in chain.entries}
    for settlement in uow.table(Settlement).select(member_id=chain.member_id):
        stood = settlement.state is SettlementState.SETTLED and not settlement.undo_id
        in_time = 0 < settlement.place <= chain.places
        same_year = settlement.benefit_year == chain.benefit_year
        if stood and in_time and same_year and settlement.settlement_id not in listed:
            return settlement.settlement_id
    return ""


def _item_faults(jobs: dict[str, Rerun], chains: Counter[str], uow: UnitOfWork) -> Iterator[str]:
    settlements: Counter[str] = Counter()
    sums: Counter[tuple[str, Remedy]] = Counter()
    for item in every(uow, RerunItem, ("rerun_id", "settlement_id")):
        settlements[item.rerun_id] += 1
        sums[item.rerun_id, item.remedy] += sum(item.difference.values())
        yield _item_fault(item, uow)
    for job in jobs.values():
        expected = (
            chains[job.rerun_id],
            settlements[job.rerun_id],
            sums[job.rerun_id, Remedy.REIMBURSE],
            -sums[job.rerun_id, Remedy.RECOVER],
        )
        said = (job.chains, job.settlements, job.reimburse_fen, job.recover_fen)
        yield "" if said == expected else f"{job.rerun_id}: its sums are not those of its items"


def _item_fault(item: RerunItem, uow: UnitOfWork) -> str:
    name = f"{item.rerun_id}, settlement {item.settlement_id}"
    chain = uow.table(RerunChain).get(item.rerun_id, item.member_id, item.benefit_year)
    entries = chain.entries if chain else ()
    if not any((e.kind, e.entry_id) == (SETTLEMENT, item.settlement_id) for e in entries):
        return f"{name}: it is listed, and its chain does not have it"
    recorded = item.state is ItemState.RECORDED
    if recorded != bool(item.recorded_by) or recorded != bool(item.place):
        return f"{name}: it is {item.state}, and who recorded it says otherwise"
    by_fund = item.difference if recorded else {}
    additions = added(item.new_additions, item.old_additions, -1) if recorded else {}
    if (dict(item.by_fund), dict(item.additions)) != (by_fund, additions):
        return f"{name}: what was recorded is not the difference"
    if item.correction_id and uow.table(BookedLine).get(item.correction_id) is None:
        return f"{name}: its line in the day's book is missing"
    return ""
