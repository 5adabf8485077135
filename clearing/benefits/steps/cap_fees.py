"""Step ``cap_fees``: a *cap on fees* (医疗费限额) of a visit, a day, a month or a year.

Cost above a limit doesn't count at all. One or more limits, all must hold. A year's cap on the
axis that ``pay_bands`` runs on is ``count_fees``.
"""

from __future__ import annotations

from typing import Literal

from clearing.benefits.claim import Explained
from clearing.benefits.steps.arithmetic import units_of, within_limit, within_visit_limit
from clearing.benefits.steps.cap_payment import PERIOD_ZH, Limit
from clearing.benefits.steps.op import (
    COUNTED,
    RUNNING_U,
    BoundStep,
    Looked,
    Op,
    Period,
    Scope,
    Trace,
)
from clearing.benefits.steps.spec import RuleModel
from clearing.benefits.steps.words import explained
from clearing.money import format_yuan


class CapFees(RuleModel):
    """Cut the cost that counts to every one of ``limits``; their accounts add up what counted."""

    step: Literal["cap_fees"]
    limits: tuple[Limit, ...]

    def bind(self, scope: Scope) -> BoundStep:
        """Bind the limits that this cell has."""
        ops, adds, said = [], [], []
        for item in self.limits:
            cap = scope.lookup(item.table)
            account = scope.account(item.account, item.per) if item.account else None
            if account is None:
                ops.append(Op(within_visit_limit, (COUNTED,), (), (cap.value,), COUNTED))
            else:
                ops.append(Op(within_limit, (COUNTED,), (account,), (cap.value,), COUNTED))
                adds.append((account, COUNTED))
            said.append((item.per, cap, account))
        ops.append(Op(units_of, (COUNTED,), (), (), RUNNING_U))

        def explain(trace: Trace) -> tuple[Explained, ...]:
            steps, amount = [], trace.before[COUNTED]
            for per, cap, account in said:
                cost, used = amount, 0 if account is None else trace.used[account]
                amount = max(0, min(amount, cap.value - used))
                steps.append(_explained(per, cap, cost, used, amount))
            return tuple(steps)

        return BoundStep(tuple(ops), tuple(adds), explain)


def _explained(
    per: Period, cap: Looked, cost_fen: int, used_fen: int, counts_fen: int
) -> Explained:
    cost, counts, top = format_yuan(cost_fen), format_yuan(counts_fen), format_yuan(cap.value)
    inputs = {"cost": cost, "cap": top}
    zh, en = f"{PERIOD_ZH[per]}最多计入 {top} 元, ", f"fees count up to {top} yuan a {per}"
    if per != "visit":  # before a visit nothing of it can have counted
        inputs["used"] = format_yuan(used_fen)
        zh, en = f"{zh}此前已计入 {inputs['used']} 元, ", f"{en}, {inputs['used']} counted before"
    zh = f"{zh}{cost} 元中计入 {counts} 元"
    en = f"{en}; of {cost}, {counts} count"
    return explained("cap_fees", cap, (zh, en), inputs, counts_fen, counts_fen)
