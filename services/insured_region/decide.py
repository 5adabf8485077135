"""Deciding a visit: is the member covered, which filing governs, what does the policy pay.

The transaction that records the decision is the settlement.
"""

from __future__ import annotations

from dataclasses import dataclass

from clearing.assembly import Assembled, Barred, CareVisit, assemble
from clearing.benefits.adjudicate import adjudicate
from clearing.benefits.claim import Decision, Outcome
from clearing.benefits.policy import Policy
from clearing.calendar import civil_date
from clearing.errors import InvariantBroken, Rejected
from clearing.filing import FilingRecord
from clearing.frozen import quick
from clearing.messages import (
    Address,
    CostSplit,
    Role,
    SettlementDecided,
    SettleRequested,
)
from clearing.settlement import SettlementState, payment_of
from services.insured_region import accumulators
from services.insured_region.payer_lines import line_of
from services.insured_region.publishing import record_configured, stand_on_rules
from services.insured_region.records import (
    CareRequest,
    CaseState,
    LiveSettlement,
    ManualCase,
    Member,
    Receivable,
    RequestKind,
    Settlement,
)
from services.insured_region.rules import RegionRules
from services.insured_region.seal import sealed
from services.node.context import Context
from services.node.day_book import book

_STATES = {
    Outcome.PAID: SettlementState.SETTLED,
    Outcome.REFUSED: SettlementState.REFUSED,
    Outcome.MANUAL: SettlementState.MANUAL,
}


@quick
@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with what it was made on; ``assembled`` is ``None`` when it made no claim."""

    outcome: Outcome
    code: str
    message_zh: str
    message_en: str
    assembled: Assembled | None
    decision: Decision | None
    member: Member | None
    before: dict[str, int]
    policy: Policy


def decide(member_id: str, visit: CareVisit, context: Context, rules: RegionRules) -> Decided:
    """Decide a visit on the member's record as it stands; changes nothing."""
    in_force = rules.in_force(context.uow)
    member = context.table(Member).get(member_id)
    if member is None:
        return _barred(
            in_force.policy_on(visit.discharged_on),
            Barred(
                "member_unknown",
                f"{rules.region} has no such member",
                f"参保地 {rules.region} 没有该参保人",
            ),
            None,
        )
    made = assemble(
        rules.region,
        member.birth_date,
        member.identities,
        member.spans,
        context.table(FilingRecord).select(member_id=member_id),
        visit,
        civil_date(context.business_time),
        rules.filing,
    )
    if isinstance(made, Barred):
        return _barred(in_force.policy_on(visit.discharged_on), made, member)
    policy = in_force.policy_for(made.claim)
    year = policy.day_of(made.claim).year
    before = dict(accumulators.of_year(context, member_id, year))
    decision = adjudicate(policy, made.claim, before)
    code, zh, en = decision.code or "", "", ""
    if decision.outcome is not Outcome.PAID:
        # The words of the rule that ended it are worth a second, explained pass.
        last = adjudicate(policy, made.claim, before, explain=True).explanation[-1]
        zh, en = last.rule_zh, last.rule_en
    return Decided(decision.outcome, code, zh, en, made, decision, member, before, policy)


def on_settle_requested(asked: SettleRequested, context: Context, *, rules: RegionRules) -> None:
    """Settle a visit, once, unless its deadline has passed or it was reversed before it came.

    Raises ``Rejected`` (``cost_split``) for a cost that cannot be.
    """
    _check_cost(asked.cost)
    requests = context.table(CareRequest)
    if requests.get(asked.care_region, asked.institution_id, asked.request_id) is not None:
        # The care node asks once for each request id, so this id was reversed before.
        _answer(
            asked,
            "refused",
            context,
            code="request_reversed",
            message_zh="该请求已被冲正",
            message_en="the request was reversed before it came",
        )
        return
    requests.put(
        CareRequest(
            asked.care_region,
            asked.institution_id,
            asked.request_id,
            RequestKind.SETTLE,
            asked.settlement_id,
        )
    )
    if context.past(asked.deadline):
        _answer(
            asked,
            "expired",
            context,
            code="deadline_passed",
            message_zh="请求已过期, 未产生结算",
            message_en="the request came after its deadline and had no effect",
        )
        return
    live = context.table(LiveSettlement)
    if live.get(asked.care_region, asked.visit_id) is not None:
        _answer(
            asked,
            "refused",
            context,
            code="visit_settled",
            message_zh="该就诊已有有效结算",
            message_en="the visit has a live settlement already",
        )
        return
    record_configured(context, rules)
    stand_on_rules(context)
    decided = decide(asked.member_id, _visit(asked), context, rules)
    settlement = sealed(_settlement(asked, decided, context))
    context.table(Settlement).put(settlement)
    if decided.outcome is not Outcome.REFUSED:
        live.put(LiveSettlement(asked.care_region, asked.visit_id, asked.settlement_id))
    if decided.outcome is Outcome.MANUAL:
        context.table(ManualCase).put(
            ManualCase(
                asked.settlement_id, asked.member_id, CaseState.OPEN, settlement.benefit_year
            )
        )
    if decided.outcome is Outcome.PAID:
        _take_effect(settlement, context)
    if settlement.recoverable_fen:
        receivable = Receivable(settlement.settlement_id, settlement.recoverable_fen)
        context.table(Receivable).put(receivable)
    decision, member = decided.decision, decided.member
    _answer(
        asked,
        str(decided.outcome),
        context,
        code=decided.code,
        message_zh=decided.message_zh,
        message_en=decided.message_en,
        settlement=settlement,
        account_limit_fen=decision.account_limit_fen if decision else 0,
        deductible_fen=decision.deductible_fen if decision else 0,
        account_id=member.account_id if member else "",
        illustrative=decided.policy.illustrative,
    )


def _check_cost(cost: CostSplit) -> None:
    """Refuse parts that cannot be: another region's mistake is no fault of these books."""
    try:
        payment_of(cost, {})
    except InvariantBroken as error:
        raise _impossible_cost() from error
    if cost.total_fen < 0:
        raise _impossible_cost()


def _impossible_cost() -> Rejected:
    return Rejected(
        "cost_split",
        "the parts of the cost are not its total, or an amount is negative",
        "费用各部分之和与总额不符, 或有负数",
        field="cost",
    )


def _visit(asked: SettleRequested) -> CareVisit:
    return CareVisit(
        asked.care_region,
        asked.hospital_level,
        asked.care_type,
        asked.admitted_on,
        asked.discharged_on,
        asked.emergency,
        asked.records_verified,
        asked.selected_institution,
        asked.cost,
        asked.circumstances,
    )


def _barred(policy: Policy, barred: Barred, member: Member | None) -> Decided:
    outcome = Outcome.MANUAL if barred.manual else Outcome.REFUSED
    return Decided(
        outcome, barred.code, barred.message_zh, barred.message_en, None, None, member, {}, policy
    )


def _take_effect(settlement: Settlement, context: Context) -> None:
    accumulators.add(context, settlement.member_id, settlement.benefit_year, settlement.additions)
    book(context, "payer", line_of(settlement, context.address.region))


def _settlement(asked: SettleRequested, decided: Decided, context: Context) -> Settlement:
    claim = decided.assembled.claim if decided.assembled else None
    decision = decided.decision
    place = 0
    if decision is not None:
        place = accumulators.next_place(context, asked.member_id, decision.benefit_year)
    if decided.outcome is Outcome.PAID:
        assert decision is not None
        payment_of(asked.cost, decision.by_fund, deductible_fen=decision.deductible_fen)
    return Settlement(
        settlement_id=asked.settlement_id,
        care_region=asked.care_region,
        institution_id=asked.institution_id,
        request_id=asked.request_id,
        visit_id=asked.visit_id,
        member_id=asked.member_id,
        state=_STATES[decided.outcome],
        business_time=context.business_time,
        scheme=claim.scheme if claim else None,
        category=claim.category if claim else "",
        birth_date=claim.birth_date if claim else None,
        identities=claim.identities if claim else (),
        hospital_level=asked.hospital_level,
        care_type=asked.care_type,
        admitted_on=asked.admitted_on,
        discharged_on=asked.discharged_on,
        filing=claim.filing if claim else None,
        filing_id=(decided.assembled.governing.filing_id or "") if decided.assembled else "",
        selected_institution=asked.selected_institution,
        total_fen=asked.cost.total_fen,
        own_pay_fen=asked.cost.own_pay_fen,
        over_limit_fen=asked.cost.over_limit_fen,
        first_pay_fen=asked.cost.first_pay_fen,
        outcome=decided.outcome,
        code=decided.code,
        message_zh=decided.message_zh,
        message_en=decided.message_en,
        by_fund=decision.by_fund if decision else {},
        benefit_year=decision.benefit_year if decision else asked.discharged_on.year,
        before=decided.before,
        additions=decision.additions if decision else {},
        policy_bundle=decided.policy.bundle_hash,
        catalogue_bundle=asked.catalogue_bundle,
        lines_digest=asked.lines_digest,
        line_count=asked.line_count,
        flags=decision.flags if decision else (),
        circumstances=asked.circumstances,
        cap_increase_fen=claim.cap_increase_fen if claim else 0,
        recoverable_fen=decision.recoverable_fen if decision else 0,
        place=place,
    )


def _answer(
    asked: SettleRequested,
    result: str,
    context: Context,
    *,
    code: str,
    message_zh: str,
    message_en: str,
    settlement: Settlement | None = None,
    account_limit_fen: int = 0,
    deductible_fen: int = 0,
    account_id: str = "",
    illustrative: bool = False,
) -> None:
    context.send(
        Address(Role.CARE, asked.care_region),
        asked.member_id,
        SettlementDecided(
            settlement_id=asked.settlement_id,
            institution_id=asked.institution_id,
            request_id=asked.request_id,
            result=result,
            code=code,
            message_zh=message_zh,
            message_en=message_en,
            flags=settlement.flags if settlement else (),
            by_fund=settlement.by_fund if settlement else {},
            deductible_fen=deductible_fen,
            account_limit_fen=account_limit_fen,
            account_id=account_id,
            scheme=settlement.scheme if settlement else None,
            policy_bundle=settlement.policy_bundle if settlement else "",
            illustrative=illustrative,
        ),
        correlation_id=asked.settlement_id,
    )
