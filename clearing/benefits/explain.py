"""Explanations: what each step read, said and gave, in Chinese and English.

Nothing here decides anything: it runs the cell's own operations and words them.
"""

from __future__ import annotations

from clearing.benefits.cell import Cell
from clearing.benefits.claim import Claim, Explained, Outcome
from clearing.benefits.steps.op import FUND_SLOTS, TOTAL, Trace
from clearing.benefits.steps.words import FUND_WORDS
from clearing.money import format_yuan


def explain_cell(cell: Cell) -> tuple[Explained, ...]:
    """Explain a decision without an amount: the step that ended the matter."""
    deciding = cell.deciding
    assert deciding is not None, "only a paid cell has nothing that ended the matter"
    refused = cell.outcome is Outcome.REFUSED
    en = "; by this rule no fund pays" if refused else "; a person decides"
    zh = "；本次费用依此不予支付" if refused else ", 转人工处理"
    place_zh, place_en = deciding.place if not refused else ("", "")
    asked = dict(deciding.asked)
    return (
        Explained(
            step=deciding.step,
            table=deciding.table,
            edition=deciding.edition,
            source=deciding.source,
            rule_en=f"{deciding.en}{place_en}{en}",
            rule_zh=f"{deciding.zh}{place_zh}{zh}",
            inputs={"code": cell.code or "", "file": deciding.file, **asked},
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
    sums = " - ".join(inputs.values())
    return Explained(
        step="in_scope",
        table="",
        edition=cell.edition,
        source=cell.in_scope_source,
        rule_en=f"in-scope cost is the total less the own-pay, over-limit and first-pay parts: "
        f"{sums} = {format_yuan(amount)} yuan",
        rule_zh=f"政策范围内费用 = 总费用 - 自费 - 超限价 - 先行自付 = {sums} "
        f"= {format_yuan(amount)} 元",
        inputs=inputs,
        amount_fen=amount,
        running_fen=amount,
    )


def _result(cell: Cell, registers: list[int]) -> Explained:
    funds = {fund: registers[slot] for fund, slot in FUND_SLOTS.items() if registers[slot]}
    fund, total = sum(funds.values()), registers[TOTAL]
    personal, whole, paid = format_yuan(total - fund), format_yuan(total), format_yuan(fund)
    parts = [(*FUND_WORDS[f], format_yuan(a)) for f, a in funds.items()]
    named_zh = ", ".join(f"{name} {part} 元" for name, _, part in parts)
    named_en = ", ".join(f"{name} {part}" for _, name, part in parts)
    of_zh = f" (其中{named_zh})" if len(parts) > 1 else f" ({named_zh})" if parts else ""
    of_en = f" ({named_en})" if parts else ""
    return Explained(
        step="result",
        table="",
        edition=cell.edition,
        source=cell.in_scope_source,
        rule_en=f"of {whole} yuan the funds pay {paid}{of_en}, the member {personal}",
        rule_zh=f"总费用 {whole} 元中, 基金支付 {paid} 元{of_zh}, 个人负担 {personal} 元",
        inputs={
            "total": whole,
            **{fund_.value: format_yuan(amount) for fund_, amount in funds.items()},
            "personal": personal,
        },
        amount_fen=fund,
        running_fen=fund,
    )
