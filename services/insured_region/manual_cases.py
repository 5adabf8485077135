"""Claims that no source decides: a person does, once, with amounts, who and why."""

from __future__ import annotations

from collections.abc import Sequence

from clearing.benefits.claim import Fund
from clearing.errors import Conflict, Malformed, NotFound, Rejected
from clearing.frozen import replace
from clearing.money import MAX_AMOUNT_FEN
from services.insured_region import accumulators, commands
from services.insured_region.answers import CaseSeen, CasesSeen
from services.insured_region.records import CaseState, ManualCase, Settlement
from services.node.context import Context


def list_manual_cases(command: commands.ListManualCases, context: Context) -> CasesSeen:
    """Show the cases in a state, or all."""
    table = context.table(ManualCase)
    found: Sequence[ManualCase]
    if command.state:
        if command.state not in list(CaseState):
            raise Malformed(
                "case_state",
                f"a case is one of {', '.join(CaseState)}",
                f"状态应为 {', '.join(CaseState)} 之一",
                field="state",
            )
        found = table.select(state=CaseState(command.state))
    else:
        found = table.scan(limit=1_000_000)
    settlements = context.table(Settlement).get_many([(case.case_id,) for case in found])
    return CasesSeen(tuple(_seen(case, settlements[case.case_id,]) for case in found))


def decide_manual_case(command: commands.DecideManualCase, context: Context) -> CaseSeen:
    """Record a person's decision: it moves the accumulators and never enters clearing."""
    cases = context.table(ManualCase)
    case = cases.get(command.case_id)
    settlement = context.table(Settlement).get(command.case_id)
    if case is None or settlement is None:
        raise NotFound(
            "case_unknown",
            f"there is no case {command.case_id!r}",
            f"没有人工处理件 {command.case_id!r}",
            field="case_id",
        )
    if case.state is not CaseState.OPEN:
        raise Conflict(
            f"case_{case.state}", f"the case is {case.state}", "该件已处理", field="case_id"
        )
    _check(command, settlement)
    case = replace(
        case,
        state=CaseState.DECIDED,
        by_fund={fund: amount for fund, amount in command.by_fund.items() if amount},
        additions=dict(command.additions),
        decided_by=command.decided_by,
        reason=command.reason,
        place=accumulators.next_place(context, case.member_id, case.benefit_year),
    )
    cases.put(case)
    accumulators.add(context, case.member_id, case.benefit_year, case.additions)
    return _seen(case, settlement)


def _check(command: commands.DecideManualCase, settlement: Settlement) -> None:
    if Fund.PERSONAL_ACCOUNT in command.by_fund:
        raise Malformed(
            "fund_not_reimbursing",
            "a personal account is no fund that reimburses",
            "个人账户不属于报销基金",
            field="by_fund",
        )
    if any(amount < 0 for amount in command.by_fund.values()):
        raise Malformed(
            "amount_negative", "amounts are at least 0", "金额不能为负", field="by_fund"
        )
    if any(not 0 <= amount <= MAX_AMOUNT_FEN for amount in command.additions.values()):
        raise Malformed(
            "addition_out_of_range",
            f"additions are 0 to {MAX_AMOUNT_FEN}",
            f"累计增加额应为0至{MAX_AMOUNT_FEN}",
            field="additions",
        )
    if sum(command.by_fund.values()) > settlement.total_fen:
        raise Rejected(
            "amount_above_total",
            "more than the visit cost cannot be reimbursed",
            "报销金额不能超过医疗费总额",
            field="by_fund",
        )


def _seen(case: ManualCase, settlement: Settlement) -> CaseSeen:
    return CaseSeen(
        case_id=case.case_id,
        member_id=case.member_id,
        care_region=settlement.care_region,
        code=settlement.code,
        care_type=settlement.care_type,
        total_fen=settlement.total_fen,
        in_scope_fen=settlement.total_fen
        - settlement.own_pay_fen
        - settlement.over_limit_fen
        - settlement.first_pay_fen,
        state=str(case.state),
        decided_fund_fen=sum(case.by_fund.values()),
        decided_by=case.decided_by,
        reason=case.reason,
        business_time=settlement.business_time,
    )
