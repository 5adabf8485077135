"""Explanations: what each step read, said and gave, in Chinese and English.

Nothing here decides anything: it runs the cell's own operations and words them.
"""

from __future__ import annotations

from clearing.benefits.cell import Cell
from clearing.benefits.claim import Claim, Explained, Fund, Outcome
from clearing.benefits.steps.op import FUND_SLOTS, TOTAL, Trace
from clearing.money import format_yuan

_FUND_ZH = {
    Fund.POOLED: "统筹基金",
    Fund.CIVIL_SERVANT: "公务员医疗补助",
    Fund.ENTERPRISE_SUPPLEMENT: "企业补充医疗保险",
    Fund.BIG_ILLNESS: "大病保险",
    Fund.LARGE_AMOUNT: "大额医疗费用补助",
    Fund.MEDICAL_AID: "医疗救助",
    Fund.OTHER: "其他基金",
}


def explain_cell(cell: Cell) -> tuple[Explained, ...]:
    """Explain a decision without an amount: the step that ended the matter."""
    deciding = cell.deciding
    assert deciding is not None, "only a paid cell has nothing that ended the matter"
    refused = cell.outcome is Outcome.REFUSED
    en = ": the source excludes this" if refused else "; a person decides"
    zh = "：依据规定不予支付" if refused else ", 转人工处理"
    return (
        Explained(
            step=deciding.step,
            table=deciding.table,
            edition=deciding.edition,
            source=deciding.source,
            rule_en=f"{deciding.en}{en}",
            rule_zh=f"{deciding.zh}{zh}",
            inputs={"code": cell.code or ""},
            amount_fen=0,
            running_fen=0,
        ),
    )


def explain_steps(
    cell: Cell, claim: Claim, registers: list[int], used: list[int]
) -> tuple[Explained, ...]:
    """Run the cell's operations on ``registers`` and explain every step."""
    explained = [_in_scope(cell, claim)]
    for step in cell.steps:
        before = tuple(registers)
        for op in step.ops:
            registers[op.write] = op.arithmetic(
                *[registers[i] for i in op.reads], *[used[i] for i in op.accounts], *op.constants
            )
        explained.extend(step.explain(Trace(before, tuple(registers), tuple(used))))
    explained.append(_result(cell, registers))
    return tuple(explained)


def _in_scope(cell: Cell, claim: Claim) -> Explained:
    amount = claim.in_scope_fen
    inputs = {
        "total": format_yuan(claim.total_fen),
        "own_pay": format_yuan(claim.own_pay_fen),
        "over_limit": format_yuan(claim.over_limit_fen),
        "first_pay": format_yuan(claim.first_pay_fen),
    }
    return Explained(
        step="in_scope",
        table="",
        edition=cell.edition,
        source=cell.in_scope_source,
        rule_en=f"in-scope cost is the total less own-pay, over-limit and first-pay parts: "
        f"{format_yuan(amount)}",
        rule_zh=f"政策范围内费用 = 总费用 - 自费 - 超限价 - 先行自付 = {format_yuan(amount)} 元",
        inputs=inputs,
        amount_fen=amount,
        running_fen=amount,
    )


def _result(cell: Cell, registers: list[int]) -> Explained:
    funds = {fund: registers[slot] for fund, slot in FUND_SLOTS.items() if registers[slot]}
    fund, total = sum(funds.values()), registers[TOTAL]
    personal = format_yuan(total - fund)
    named = "".join(f" ({_FUND_ZH[f]} {format_yuan(a)} 元)" for f, a in funds.items())
    return Explained(
        step="result",
        table="",
        edition=cell.edition,
        source=cell.in_scope_source,
        rule_en=f"funds pay {format_yuan(fund)}, the member {personal}",
        rule_zh=f"基金支付 {format_yuan(fund)} 元{named}, 个人负担 {personal} 元",
        inputs={
            "total": format_yuan(total),
            **{fund_.value: format_yuan(amount) for fund_, amount in funds.items()},
            "personal": personal,
        },
        amount_fen=fund,
        running_fen=fund,
    )
