"""Step ``count_fees``: put the claim's in-scope cost on the year's account of fees.

With a table it is a *cap on fees* (医疗费封顶线): cost above it doesn't count at all.
"""

from __future__ import annotations

from typing import Literal

from clearing.benefits.claim import Explained
from clearing.benefits.steps.arithmetic import NO_LIMIT_FEN, counted_fees, units_of
from clearing.benefits.steps.op import (
    COUNTED,
    IN_SCOPE,
    RUNNING_U,
    BoundStep,
    Looked,
    Op,
    Scope,
    Trace,
)
from clearing.benefits.steps.spec import Account, RuleModel, TableName
from clearing.benefits.steps.words import explained, limit
from clearing.money import format_yuan


class CountFees(RuleModel):
    """``cap`` names a table in yuan a year; ``account`` adds up in-scope cost."""

    step: Literal["count_fees"]
    account: Account
    cap: TableName | None = None

    def bind(self, scope: Scope) -> BoundStep:
        """Bind the cap and the account."""
        account = scope.account(self.account, "year")
        cap = scope.lookup(self.cap) if self.cap else None
        cap_fen = cap.value if cap else NO_LIMIT_FEN

        def explain(trace: Trace) -> tuple[Explained, ...]:
            return (_explained(cap, trace, account),) if cap else ()

        ops = (
            Op(counted_fees, (IN_SCOPE,), (account,), (cap_fen,), COUNTED),
            Op(units_of, (COUNTED,), (), (), RUNNING_U),
        )
        return BoundStep(ops, ((account, IN_SCOPE),), explain)


def _explained(cap: Looked, trace: Trace, account: int) -> Explained:
    counted, used = trace.after[COUNTED], trace.used[account]
    inputs = {
        "in_scope": format_yuan(trace.before[IN_SCOPE]),
        "used": format_yuan(used),
        "cap": limit(cap.value),
    }
    cost, counts = inputs["in_scope"], format_yuan(counted)
    above = format_yuan(trace.before[IN_SCOPE] - counted)
    zh = (
        f"全年最多计入 {inputs['cap']} 元, 此前已计入 {inputs['used']} 元, "
        f"本次 {cost} 元中计入 {counts} 元"
    )
    en = (
        f"fees count up to {inputs['cap']} yuan a year, {inputs['used']} counted before; "
        f"of this visit's {cost}, {counts} count"
    )
    if counted < trace.before[IN_SCOPE]:
        zh = f"{zh}, 超出封顶线的 {above} 元不计入"
        en = f"{en}; the {above} above the cap does not"
    return explained("count_fees", cap, (zh, en), inputs, counted, counted)
