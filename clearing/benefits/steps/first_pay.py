"""Step ``first_pay``: a personal first-pay share of the whole cost (个人先行自付比例).

Its place among the steps says whether the share comes before or after the deductible.
"""

from __future__ import annotations

from typing import Literal

from clearing.benefits.claim import Explained
from clearing.benefits.steps.arithmetic import after_first_pay
from clearing.benefits.steps.op import RUNNING_U, BoundStep, Op, Scope, Trace
from clearing.benefits.steps.spec import RuleModel, TableName
from clearing.benefits.steps.words import explained, percent, units


class FirstPay(RuleModel):
    """``table`` gives the share; 0 % where nothing is to be borne first."""

    step: Literal["first_pay"]
    table: TableName

    def bind(self, scope: Scope) -> BoundStep:
        """Bind the share."""
        share = scope.lookup(self.table)

        def explain(trace: Trace) -> tuple[Explained, ...]:
            if share.value == 0:
                return ()
            before, after = trace.before[RUNNING_U], trace.after[RUNNING_U]
            inputs = {"cost": units(before), "share": percent(share.value)}
            ratio, cost, bears = inputs["share"], inputs["cost"], units(before - after)
            zh = f"{cost} 元中个人先行自付 {ratio}, 计 {bears} 元, 余 {units(after)} 元"
            en = f"of {cost} yuan the member first bears {ratio}, {bears}; {units(after)} is left"
            taken, rest = (before - after + 5_000) // 10_000, (after + 5_000) // 10_000
            return (explained("first_pay", share, (zh, en), inputs, taken, rest),)

        op = Op(after_first_pay, (RUNNING_U,), (), (share.value,), RUNNING_U)
        return BoundStep((op,), (), explain)
