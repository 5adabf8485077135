"""What care regions, agencies and patients may ask: nothing here writes anything."""

from __future__ import annotations

from clearing.assembly import CareVisit
from clearing.benefits.adjudicate import adjudicate
from clearing.benefits.claim import Claim, Decision, Explained, Outcome
from clearing.enrolment.spans import Covered, coverage
from clearing.errors import InvariantBroken, NotFound
from clearing.filing import CareFacts, FilingRecord, governing
from clearing.messages import CostSplit
from clearing.settlement import PaymentSplit, payment_of
from services.insured_region import commands
from services.insured_region.answers import (
    Adjudication,
    EntitlementSeen,
    ExplanationStep,
    SettlementExplained,
)
from services.insured_region.claim_entry import checked_claim, claim_of, entry_of
from services.insured_region.decide import Decided, decide
from services.insured_region.members import member_of
from services.insured_region.records import Account, Settlement
from services.insured_region.rules import RegionRules
from services.node import day_book
from services.node.context import Context
from services.node.day_book import BookedLine


def look_up_entitlement(
    command: commands.LookUpEntitlement, context: Context, *, rules: RegionRules
) -> EntitlementSeen:
    """Tell whether a member may settle directly on a day, and how a visit there would count."""
    member = member_of(context, command.member_id)
    account = context.table(Account).get(member.account_id) if member.account_id else None
    covered = coverage(member.spans, command.on)
    filings = context.table(FilingRecord).select(member_id=member.member_id)
    stands = governing(
        filings, command.care_region, command.on, command.on, CareFacts(), rules.filing
    )
    span = covered.span if isinstance(covered, Covered) else None
    why = None if isinstance(covered, Covered) else covered
    return EntitlementSeen(
        member_id=member.member_id,
        scheme=span.scheme if span else None,
        category=span.category if span else "",
        entitled=span is not None,
        reason_code=why.code if why else "",
        reason_zh=why.message_zh if why else "",
        reason_en=why.message_en if why else "",
        filing=stands.filing,
        filing_id=stands.filing_id or "",
        account_balance_fen=account.balance_fen if account else 0,
        account_id=member.account_id,
        illustrative=rules.in_force(context.uow).policy_on(command.on).illustrative,
    )


def quote_claim(
    command: commands.QuoteClaim, context: Context, *, rules: RegionRules
) -> Adjudication:
    """Decide a visit as settling it now would, and forget it."""
    facts = command.facts
    context.business_time = command.business_time
    visit = CareVisit(
        facts.care_region,
        facts.hospital_level,
        facts.care_type,
        facts.admitted_on,
        facts.discharged_on,
        facts.emergency,
        facts.records_verified,
        facts.selected_institution,
        facts.cost,
        facts.circumstances,
    )
    decided = decide(facts.member_id, visit, context, rules)
    return _quoted(decided, facts.cost)


def adjudicate_claim(
    command: commands.Adjudicate, context: Context, *, rules: RegionRules
) -> Adjudication:
    """Decide a claim after the accumulators given, with its explanation."""
    in_force = rules.in_force(context.uow)
    claim = checked_claim(command.claim, in_force.categories)
    policy = in_force.policy_for(claim)
    decision = adjudicate(policy, claim, command.year_accumulators, explain=True)
    return _adjudication(claim, decision, policy.illustrative)


def explain_settlement(
    command: commands.ExplainSettlement, context: Context, *, rules: RegionRules
) -> SettlementExplained:
    """Make a settlement's decision again from what was kept with it, step by step."""
    settlement = context.table(Settlement).get(command.settlement_id)
    if settlement is None:
        raise NotFound(
            "settlement_unknown",
            f"there is no settlement {command.settlement_id!r}",
            f"没有结算 {command.settlement_id!r}",
            field="settlement_id",
        )
    entry = entry_of(settlement, rules.region)
    if entry is None:
        adjudication = Adjudication(
            outcome=settlement.outcome,
            code=settlement.code,
            message_zh=settlement.message_zh,
            message_en=settlement.message_en,
            policy_bundle=settlement.policy_bundle,
            illustrative=rules.policy_of(settlement.policy_bundle, context.uow).illustrative,
            explanation=(_barred_step(settlement),),
        )
    else:
        adjudication = _again(settlement, claim_of(entry), context, rules)
    parts = (settlement.own_pay_fen, settlement.over_limit_fen, settlement.first_pay_fen)
    return SettlementExplained(
        settlement_id=settlement.settlement_id,
        claim=entry,
        adjudication=adjudication,
        state=settlement.state,
        business_time=settlement.business_time,
        member_id=settlement.member_id,
        institution_id=settlement.institution_id,
        care_region=settlement.care_region,
        care_type=settlement.care_type,
        admitted_on=settlement.admitted_on,
        discharged_on=settlement.discharged_on,
        cost=CostSplit(settlement.total_fen, *parts, settlement.total_fen - sum(parts)),
        accumulators_before=settlement.before,
    )


def get_day_totals(command: commands.GetDayTotals, context: Context) -> day_book.DayTotals:
    """Return the buckets of a day on the payer's side."""
    lines = context.table(BookedLine).select(on=command.on)
    return day_book.totals([line for line in lines if line.side == "payer"])


def list_day_lines(command: commands.ListDayLines, context: Context) -> day_book.DayLines:
    """Return the lines of one care region's bucket of a day."""
    lines = context.table(BookedLine).select(on=command.on)
    return day_book.shown(
        [line for line in lines if line.side == "payer" and line.care_region == command.care_region]
    )


def _again(
    settlement: Settlement, claim: Claim, context: Context, rules: RegionRules
) -> Adjudication:
    """Decide a settled claim again by the bundle it was decided by; it must come out the same."""
    policy = rules.policy_of(settlement.policy_bundle, context.uow)
    decision = adjudicate(policy, claim, settlement.before, explain=True)
    if (decision.outcome, dict(decision.by_fund)) != (settlement.outcome, dict(settlement.by_fund)):
        raise InvariantBroken(
            "decision_differs",
            f"settlement {settlement.settlement_id} comes out differently when decided again",
            f"结算 {settlement.settlement_id} 重新计算的结果不一致",
        )
    return _adjudication(claim, decision, policy.illustrative)


def _adjudication(claim: Claim, decision: Decision, illustrative: bool) -> Adjudication:
    steps = tuple(_step(step) for step in decision.explanation)
    ended = decision.outcome is not Outcome.PAID and decision.explanation
    last = decision.explanation[-1] if ended else None
    return Adjudication(
        outcome=decision.outcome,
        code=decision.code or "",
        message_zh=last.rule_zh if last else "",
        message_en=last.rule_en if last else "",
        flags=decision.flags,
        payment=_payment(_cost(claim), decision.outcome, decision),
        account_limit_fen=decision.account_limit_fen,
        benefit_year=decision.benefit_year,
        additions=decision.additions,
        policy_bundle=decision.bundle_hash,
        illustrative=illustrative,
        filing=claim.filing,
        explanation=steps,
        recoverable_fen=decision.recoverable_fen,
        quota_fen=decision.quota_fen,
    )


def _quoted(decided: Decided, cost: CostSplit) -> Adjudication:
    decision, made = decided.decision, decided.assembled
    return Adjudication(
        outcome=decided.outcome,
        code=decided.code,
        message_zh=decided.message_zh,
        message_en=decided.message_en,
        flags=decision.flags if decision else (),
        payment=_payment(cost, decided.outcome, decision),
        account_limit_fen=decision.account_limit_fen if decision else 0,
        benefit_year=decision.benefit_year if decision else 0,
        additions=decision.additions if decision else {},
        policy_bundle=decided.policy.bundle_hash,
        illustrative=decided.policy.illustrative,
        filing=made.claim.filing if made else None,
        recoverable_fen=decision.recoverable_fen if decision else 0,
        quota_fen=decision.quota_fen if decision else 0,
    )


def _payment(cost: CostSplit, outcome: Outcome, decision: Decision | None) -> PaymentSplit:
    if outcome is Outcome.MANUAL:
        return PaymentSplit()
    if decision is None:
        return payment_of(cost, {})
    return payment_of(cost, decision.by_fund, deductible_fen=decision.deductible_fen)


def _step(step: Explained) -> ExplanationStep:
    return ExplanationStep(
        step.step,
        step.table,
        step.edition,
        step.source,
        step.rule_zh,
        step.rule_en,
        {name: str(value) for name, value in step.inputs.items()},
        step.amount_fen,
        step.running_fen,
    )


def _barred_step(settlement: Settlement) -> ExplanationStep:
    return ExplanationStep(
        settlement.code,
        "",
        "",
        "",
        settlement.message_zh,
        settlement.message_en,
        {"discharged_on": settlement.discharged_on.isoformat()},
        0,
        0,
    )


def _cost(claim: Claim) -> CostSplit:
    return CostSplit(
        claim.total_fen,
        claim.own_pay_fen,
        claim.over_limit_fen,
        claim.first_pay_fen,
        claim.in_scope_fen,
    )
