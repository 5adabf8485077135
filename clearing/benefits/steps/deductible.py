"""Step ``deductible``: the member bears the first part (起付标准).

``raise_by`` is the adjustment operator "raised deductible": a table of factors.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from clearing.benefits.claim import Explained
from clearing.benefits.steps.arithmetic import deducted, fen_of, less
from clearing.benefits.steps.op import DEDUCTIBLE, RUNNING_U, BoundStep, Looked, Op, Scope, Trace
from clearing.benefits.steps.spec import Account, RuleModel, TableName
from clearing.benefits.steps.words import explained, percent
from clearing.errors import RuleError
from clearing.money import format_yuan


class Deductible(RuleModel):
    """``per: stay`` applies in full each time; ``per: year`` only what of it is unused."""

    step: Literal["deductible"]
    table: TableName
    per: Literal["stay", "year"] = "stay"
    account: Account | None = None
    raise_by: TableName | None = None

    @model_validator(mode="after")
    def _account_for_a_year(self) -> Self:
        if (self.per == "year") != (self.account is not None):
            raise ValueError("a yearly deductible needs an account, one of a stay has none")
        return self

    def bind(self, scope: Scope) -> BoundStep:
        """Bind amount, factor and account."""
        base = scope.lookup(self.table)
        factor = scope.lookup(self.raise_by) if self.raise_by else None
        amount_fen = _raised(base, factor)
        taken_u = scope.slot()
        accounts: tuple[int, ...] = ()
        if self.account is not None:
            accounts = (scope.account(self.account, "year"),)
        # Without an account nothing was used before: the constant 0 takes its place.
        constants = (amount_fen,) if accounts else (0, amount_fen)

        def explain(trace: Trace) -> tuple[Explained, ...]:
            used = trace.used[accounts[0]] if accounts else None
            return _explained(base, factor, amount_fen, used, trace)

        ops = (
            Op(deducted, (RUNNING_U,), accounts, constants, taken_u),
            Op(less, (RUNNING_U, taken_u), (), (), RUNNING_U),
            Op(fen_of, (taken_u,), (), (), DEDUCTIBLE),
        )
        return BoundStep(ops, tuple((account, DEDUCTIBLE) for account in accounts), explain)


def _raised(base: Looked, factor: Looked | None) -> int:
    amount_fen, rest = divmod(base.value * (factor.value if factor else 10_000), 10_000)
    if rest:
        raise RuleError(
            "deductible_not_whole",
            f"table {base.table}: the raised deductible is not a whole 分",
            f"表 {base.table}: 提高后的起付标准不是整分",
        )
    return amount_fen


def _explained(
    base: Looked, factor: Looked | None, amount_fen: int, used_fen: int | None, trace: Trace
) -> tuple[Explained, ...]:
    before, after = fen_of(trace.before[RUNNING_U]), fen_of(trace.after[RUNNING_U])
    amount, taken = format_yuan(amount_fen), trace.after[DEDUCTIBLE]
    steps = []
    if factor is not None and factor.value != 10_000:
        by, old = percent(factor.value), format_yuan(base.value)
        zh = f"起付标准按 {by} 计算, 由 {old} 元变为 {amount} 元"
        en = f"the deductible is taken at {by}, {amount} instead of {old} yuan"
        inputs = {"deductible": old, "by": by, "raised": amount}
        steps.append(explained("raised_deductible", factor, (zh, en), inputs, amount_fen, before))
    inputs = {"cost": format_yuan(before), "deductible": amount}
    bears, left = format_yuan(taken), format_yuan(after)
    zh, en = f"起付标准 {amount} 元, ", f"of the deductible of {amount} yuan "
    if used_fen is not None:
        inputs["used"] = format_yuan(used_fen)
        zh, en = f"{zh}本年此前已扣 {inputs['used']} 元, ", f"{en}({inputs['used']} borne before) "
    rule = (
        f"{zh}本次由个人承担 {bears} 元, 余 {left} 元",
        f"{en}the member bears {bears} here; {left} is left",
    )
    steps.append(explained("deductible", base, rule, inputs, taken, after))
    return tuple(steps)
