"""Re-runs: a publication's first day lies before settled care, so their chains are run again.

The job's state is in the database and each step is a short transaction of its own, between
those of settlement; a node that is killed goes on where it was. Nothing of a settlement or of
the accumulators changes by it. Later claims go on from the accumulators as they are: the sum
of what live settlements, manual decisions and *recorded* corrections added.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from clearing.benefits.bundles.publications import Publication
from clearing.benefits.bundles.rerun import Remedy, added
from clearing.errors import Conflict, Malformed, NotFound
from clearing.geography import is_home
from clearing.messages import Address, CorrectionRecorded, Role
from clearing.settlement import SettlementState
from services.insured_region import accumulators
from services.insured_region import bundle_commands as commands
from services.insured_region.bundle_answers import ItemSeen, RerunPage, RerunSeen, RerunsSeen
from services.insured_region.payer_lines import line_of
from services.insured_region.records import LiveSettlement, Settlement, YearAccumulators
from services.insured_region.rerun_chain import Chains
from services.insured_region.rerun_records import (
    ItemState,
    Rerun,
    RerunChain,
    RerunItem,
    RerunState,
)
from services.insured_region.rules import RegionRules
from services.node.context import Context
from services.node.day_book import book
from services.node.scanning import every

CHAINS_A_STEP = 20
"""So many chains a transaction: settlement never waits longer than for those."""

MAX_PAGE = 1_000
USUAL_PAGE = 200
_TO_RECORD = (Remedy.REIMBURSE, Remedy.RECOVER, Remedy.BETWEEN_FUNDS)


def start(publication: Publication, context: Context) -> str:
    """Begin the re-run of a publication and return its id."""
    assert publication.from_on is not None, "only what is configured decides every day"
    return _begin(
        publication.number, publication.bundle_hash, publication.from_on, context
    ).rerun_id


def repeat_rerun(command: commands.RepeatRerun, context: Context) -> RerunSeen:
    """Run the chains once more under the same publication: some have moved on since."""
    job = _job(command.rerun_id, context)
    if job.state is RerunState.RUNNING:
        raise Conflict("rerun_running", "it is still running", "重算尚未完成", field="rerun_id")
    return _job_seen(_begin(job.number, job.bundle_hash, job.from_on, context))


def go_on(context: Context, *, rules: RegionRules) -> bool:
    """Run some more chains of the oldest re-run under way; tell whether there are more."""
    running = context.table(Rerun).select(state=RerunState.RUNNING)
    if not running:
        return False
    job = min(running, key=lambda each: each.sequence)
    rows = context.table(YearAccumulators).scan((job.after_member, job.after_year), CHAINS_A_STEP)
    chains = Chains(
        job, rules.region, lambda bundle: rules.policy_of(bundle, context.uow), context.uow
    )
    for row in rows:
        # A stay across New Year may belong to either year, after the basis of its rules.
        if row.benefit_year >= job.from_on.year - 1:
            job = _run(row, job, chains, context)
    if rows:
        job = replace(job, after_member=rows[-1].member_id, after_year=rows[-1].benefit_year)
    if len(rows) < CHAINS_A_STEP:
        job = replace(job, state=RerunState.DONE)
    context.table(Rerun).put(job)
    return job.state is RerunState.RUNNING or len(running) > 1


def list_reruns(command: commands.ListReruns, context: Context) -> RerunsSeen:
    """Show the re-runs, oldest first."""
    del command
    return RerunsSeen(tuple(_job_seen(job) for job in _jobs(context)))


def get_rerun(command: commands.GetRerun, context: Context) -> RerunPage:
    """Show a page of a re-run's items, by settlement."""
    job = _job(command.rerun_id, context)
    limit = command.limit or USUAL_PAGE
    if not 1 <= limit <= MAX_PAGE:
        raise Malformed(
            "page_size", f"1 to {MAX_PAGE} a page", f"每页1至{MAX_PAGE}条", field="limit"
        )
    after = (job.rerun_id, command.after_settlement_id)
    most = MAX_PAGE if command.changed_only else limit  # nobody waits for a long search
    looked_at = context.table(RerunItem).scan(after, most, rerun_id=job.rerun_id)
    wanted = [
        item for item in looked_at if not (command.changed_only and item.remedy is Remedy.NONE)
    ]
    page = wanted[:limit]
    last = page[-1] if len(wanted) > limit else looked_at[-1] if looked_at else None
    more = len(wanted) > limit or len(looked_at) == most
    return RerunPage(
        _job_seen(job),
        tuple(_seen(item, context) for item in page),
        last.settlement_id if more and last else "",
    )


def record_correction(command: commands.RecordCorrection, context: Context) -> ItemSeen:
    """Record, once, that a difference was reimbursed or recovered: it moves the accumulators."""
    _job(command.rerun_id, context)
    item = context.table(RerunItem).get(command.rerun_id, command.settlement_id)
    settlement = context.table(Settlement).get(command.settlement_id)
    if item is None or settlement is None:
        raise NotFound(
            "item_unknown",
            f"{command.rerun_id} has no settlement {command.settlement_id!r}",
            f"重算 {command.rerun_id} 中没有结算 {command.settlement_id!r}",
            field="settlement_id",
        )
    _check(command.by, item, settlement, context)
    item = replace(
        item,
        state=ItemState.RECORDED,
        recorded_by=command.by,
        reason=command.why,
        correction_id=_cleared(item, settlement, context) if command.through_hospital else "",
        place=accumulators.next_place(context, item.member_id, item.benefit_year),
        by_fund=item.difference,
        additions=added(item.new_additions, item.old_additions, -1),
    )
    context.table(RerunItem).put(item)
    # Written as it is, because whoever undoes it writes it too: only one of both can be.
    context.table(Settlement).put(settlement)
    accumulators.add(context, item.member_id, item.benefit_year, item.additions)
    if settlement.state is SettlementState.REFUSED:
        # What was refused and is now reimbursed by hand must not be settled once more.
        context.table(LiveSettlement).put(
            LiveSettlement(settlement.care_region, settlement.visit_id, settlement.settlement_id)
        )
    return _seen(item, context)


def is_corrected(settlement_id: str, context: Context) -> bool:
    """Tell whether a correction of a settlement was recorded: it can't be undone then."""
    items = context.table(RerunItem).select(settlement_id=settlement_id)
    return any(item.state is ItemState.RECORDED for item in items)


def _run(row: YearAccumulators, job: Rerun, chains: Chains, context: Context) -> Rerun:
    chain = chains.found(row.member_id, row.benefit_year, row.places)
    if chain is None:
        return job
    context.table(RerunChain).put(chain)
    for item in chains.items(chain):
        context.table(RerunItem).put(item)
        difference_fen = sum(item.difference.values())
        reimburse_fen = difference_fen if item.remedy is Remedy.REIMBURSE else 0
        recover_fen = -difference_fen if item.remedy is Remedy.RECOVER else 0
        job = replace(
            job,
            settlements=job.settlements + 1,
            reimburse_fen=job.reimburse_fen + reimburse_fen,
            recover_fen=job.recover_fen + recover_fen,
        )
    return replace(job, chains=job.chains + 1)


def _check(by: str, item: RerunItem, settlement: Settlement, context: Context) -> None:
    if not by.strip():
        raise Malformed("field_missing", "say who does it", "必填项缺失", field="by")
    live = settlement.state is SettlementState.SETTLED
    if settlement.state is SettlementState.REFUSED:
        visit = (settlement.care_region, settlement.visit_id)
        live = context.table(LiveSettlement).get(*visit) is None
    if item.state is ItemState.RECORDED:
        raise Conflict(
            "already_recorded", "it was recorded before", "已登记", field="settlement_id"
        )
    if _is_superseded(item, context):
        raise Conflict(
            "item_superseded",
            "a later re-run has this settlement; record that one",
            "该结算已有更新的重算结果",
            field="rerun_id",
        )
    if not live:
        raise Conflict(
            "settlement_not_live",
            "the settlement was undone, or its visit settled anew",
            "结算不在有效状态, 或该就诊已重新结算",
            field="settlement_id",
        )
    chain = context.table(RerunChain).get(item.rerun_id, item.member_id, item.benefit_year)
    assert chain is not None, "an item comes of its chain"
    if _has_moved(chain, context):
        raise Conflict(
            "chain_moved",
            "the member's year has moved on since; repeat the re-run and look again",
            "该参保人本年度待遇已有变动, 请重新重算后再登记",
            field="rerun_id",
        )
    if item.remedy not in _TO_RECORD:
        raise Conflict(
            "nothing_to_record",
            f"the remedy of this item is {item.remedy}",
            "该项没有可登记的差额",
            field="settlement_id",
        )


def _is_superseded(item: RerunItem, context: Context) -> bool:
    if item.state is ItemState.RECORDED:
        return False
    same = context.table(RerunItem).select(settlement_id=item.settlement_id)
    mine = _job(item.rerun_id, context).sequence
    return any(_job(other.rerun_id, context).sequence > mine for other in same)


def _cleared(item: RerunItem, settlement: Settlement, context: Context) -> str:
    """Enter the difference in the books of both sides, linked to the settlement's line."""
    payer = context.address.region
    if settlement.state is not SettlementState.SETTLED or is_home(payer, settlement.care_region):
        raise Conflict(
            "not_cleared",
            "the settlement itself was not cleared between regions; pay it directly",
            "该结算未经地区间清算, 请直接补付或追回",
            field="through_hospital",
        )
    correction_id = context.mint("cor")
    line = line_of(settlement, payer)
    book(
        context,
        "payer",
        replace(
            line,
            line_id=correction_id,
            original_line_id=line.line_id,
            kind="correction",
            total_fen=0,
            by_fund=item.difference,
        ),
    )
    context.send(
        Address(Role.CARE, settlement.care_region),
        settlement.member_id,
        CorrectionRecorded(correction_id, settlement.settlement_id, item.difference),
        correlation_id=settlement.settlement_id,
    )
    return correction_id


def _has_moved(chain: RerunChain, context: Context) -> bool:
    """Tell whether something came into a chain or went out of it since it was run again.

    What was recorded of this re-run itself changes nothing that it says of the others.
    """
    row = context.table(YearAccumulators).get(chain.member_id, chain.benefit_year)
    items = context.table(RerunItem).select(member_id=chain.member_id)
    recorded = sum(
        item.state is ItemState.RECORDED
        and (item.rerun_id, item.benefit_year) == (chain.rerun_id, chain.benefit_year)
        for item in items
    )
    if row is None or row.places != chain.places + recorded:
        return True
    known = {entry.entry_id for entry in chain.entries}
    undone = (SettlementState.CANCELLED, SettlementState.REVERSED)
    return any(
        settlement.state in undone
        if settlement.settlement_id in known
        # It was undone when the chain was run again, and has been restored since.
        else settlement.state is SettlementState.SETTLED
        for settlement in context.table(Settlement).select(member_id=chain.member_id)
        if settlement.place and settlement.benefit_year == chain.benefit_year
    )


def _begin(number: int, bundle_hash: str, from_on: date, context: Context) -> Rerun:
    sequence = len(_jobs(context)) + 1
    job = Rerun(
        f"rerun-{sequence:04d}",
        sequence,
        number,
        bundle_hash,
        from_on,
        RerunState.RUNNING,
        context.business_time,
    )
    context.table(Rerun).put(job)
    return job


def _jobs(context: Context) -> list[Rerun]:
    jobs = every(context.uow, Rerun, ("rerun_id",))
    return sorted(jobs, key=lambda job: job.sequence)


def _job(rerun_id: str, context: Context) -> Rerun:
    job = context.table(Rerun).get(rerun_id)
    if job is None:
        raise NotFound(
            "rerun_unknown",
            f"there is no re-run {rerun_id!r}",
            f"没有重算 {rerun_id!r}",
            field="rerun_id",
        )
    return job


def _job_seen(job: Rerun) -> RerunSeen:
    return RerunSeen(
        job.rerun_id,
        job.number,
        job.bundle_hash,
        job.from_on,
        str(job.state),
        job.started_at,
        job.chains,
        job.settlements,
        job.reimburse_fen,
        job.recover_fen,
    )


def _seen(item: RerunItem, context: Context) -> ItemSeen:
    settlement = context.table(Settlement).get(item.settlement_id)
    superseded = _is_superseded(item, context)
    return ItemSeen(
        rerun_id=item.rerun_id,
        settlement_id=item.settlement_id,
        member_id=item.member_id,
        care_region=settlement.care_region if settlement else "",
        benefit_year=item.benefit_year,
        day=item.day,
        old_outcome=item.old_outcome,
        new_outcome=item.new_outcome,
        new_code=item.new_code,
        old_bundle=item.old_bundle,
        new_bundle=item.new_bundle,
        remedy=str(item.remedy),
        state="superseded" if superseded else str(item.state),
        old_by_fund=item.old_by_fund,
        new_by_fund=item.new_by_fund,
        difference_by_fund=item.difference,
        difference_fen=sum(item.difference.values()),
        recorded_by=item.recorded_by,
        reason=item.reason,
        correction_id=item.correction_id,
    )
