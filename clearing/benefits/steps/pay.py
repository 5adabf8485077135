"""Step ``pay``: a fund pays one ratio of a cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from clearing.benefits.claim import Explained, Fund
from clearing.benefits.steps.adjust import Adjust, adjusted, explain_all
from clearing.benefits.steps.arithmetic import fen_of, left_after_funds, paid_at_ratio, units_of
from clearing.benefits.steps.op import (
    FUND_SLOTS,
    IN_SCOPE,
    RUNNING_U,
    BoundStep,
    Op,
    Scope,
    Trace,
)
from clearing.benefits.steps.spec import RuleModel, TableName
from clearing.benefits.steps.words import (
    FUND_WORDS,
    explained,
    funds_so_far,
    percent,
    rounded,
)
from clearing.money import format_yuan

CostBase = Literal["running", "burden"]
"""``running``: what the steps before have left of the in-scope cost. ``burden``: what of the
in-scope cost no fund has paid so far, with the deductible in it."""

COST_WORDS: Final[Mapping[CostBase, tuple[str, str]]] = {
    "running": ("纳入支付的费用", "the cost of "),
    "burden": ("前述基金支付后政策范围内由个人负担的", "the in-scope cost still borne, "),
}
"""How the cost that a fund pays of is called, in Chinese and English."""


class Pay(RuleModel):
    """``fund`` pays ``ratio`` of the cost ``of``, rounded half up once."""

    step: Literal["pay"]
    fund: Fund
    ratio: TableName
    of: CostBase = "running"
    adjust: tuple[Adjust, ...] = ()

    def bind(self, scope: Scope) -> BoundStep:
        """Bind the ratio, adjusted for this cell."""
        table = scope.lookup(self.ratio)
        adjustments = tuple(item.bind(scope) for item in self.adjust)
        ratio_bp, fund_slot = adjusted(table.value, adjustments), FUND_SLOTS[self.fund]
        base_u, ops = cost_base(self.of, scope)

        def explain(trace: Trace) -> tuple[Explained, ...]:
            cost_fen, amount = fen_of(trace.after[base_u]), trace.after[fund_slot]
            cost, ratio, paid = format_yuan(cost_fen), percent(ratio_bp), format_yuan(amount)
            inputs = {"cost": cost, "ratio": ratio}
            (who_zh, who_en), (what_zh, what_en) = FUND_WORDS[self.fund], COST_WORDS[self.of]
            near_zh, near_en = rounded(trace.after[base_u] * ratio_bp)
            zh = f"{what_zh} {cost} 元, {who_zh}支付 {ratio}, 计 {paid} 元{near_zh}"
            en = f"{who_en} pays {ratio} of {what_en}{cost} yuan: {paid}{near_en}"
            running = funds_so_far(trace.after)
            return (
                *explain_all(table.value, adjustments, cost_fen),
                explained("pay", table, (zh, en), inputs, amount, running),
            )

        op = Op(paid_at_ratio, (base_u,), (), (ratio_bp,), fund_slot)
        return BoundStep((*ops, op), (), explain)


def cost_base(of: CostBase, scope: Scope) -> tuple[int, tuple[Op, ...]]:
    """Return the register that holds the cost in units, and what computes it."""
    if of == "running":
        return RUNNING_U, ()
    burden, burden_u = scope.slot(), scope.slot()
    return burden_u, (
        Op(left_after_funds, (IN_SCOPE, *FUND_SLOTS.values()), (), (), burden),
        Op(units_of, (burden,), (), (), burden_u),
    )
