"""Adjustments of a payment ratio for care away from home.

They are decided by discrete keys alone, so they are settled while a step is bound: what is left
for a claim is one ratio.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clearing.benefits.claim import Explained
from clearing.benefits.steps.op import Looked, Scope
from clearing.benefits.steps.spec import RuleModel, TableName
from clearing.benefits.steps.words import explained, percent, points
from clearing.errors import RuleError


class Adjust(RuleModel):
    """Lower a ratio by percentage points or to a share of itself, or raise it by points."""

    operator: Literal["subtract_points", "add_points", "multiply_ratio"]
    table: TableName

    def bind(self, scope: Scope) -> BoundAdjust:
        """Look the adjustment up for this cell."""
        return BoundAdjust(self.operator, scope.lookup(self.table))


@dataclass(frozen=True, slots=True)
class BoundAdjust:
    """An adjustment with its amount."""

    operator: str
    looked: Looked

    @property
    def changes(self) -> bool:
        """Whether it does anything in this cell."""
        return self.looked.value != (10_000 if self.operator == "multiply_ratio" else 0)

    def apply(self, ratio_bp: int) -> int:
        """Return the adjusted ratio.

        Raises ``RuleError`` where the result isn't a ratio of whole basis points between 0 and
        100 %: the engine never clamps and never rounds a ratio.
        """
        if self.operator == "subtract_points":
            result, rest = ratio_bp - self.looked.value, 0
        elif self.operator == "add_points":
            result, rest = ratio_bp + self.looked.value, 0
        else:
            result, rest = divmod(ratio_bp * self.looked.value, 10_000)
        if rest or not 0 <= result <= 10_000:
            raise RuleError(
                "ratio_out_of_range",
                f"table {self.looked.table}: {self.operator} of {percent(self.looked.value)} "
                f"on a ratio of {percent(ratio_bp)} gives {_outside(result, rest)[1]}",
                f"表 {self.looked.table}: 支付比例 {percent(ratio_bp)} 调整后"
                f"{_outside(result, rest)[0]}",
            )
        return result

    def explain(self, ratio_bp: int, running_fen: int) -> Explained:
        """Word what the adjustment does to ``ratio_bp``."""
        adjusted = percent(self.apply(ratio_bp))
        if self.operator == "subtract_points":
            by = points(self.looked.value)
            zh = f"支付比例降低 {by} 个百分点, 由 {percent(ratio_bp)} 降为 {adjusted}"
            was = percent(ratio_bp)
            en = f"the ratio is lowered by {by} percentage points, from {was} to {adjusted}"
        elif self.operator == "add_points":
            by = points(self.looked.value)
            zh = f"支付比例提高 {by} 个百分点, 由 {percent(ratio_bp)} 升为 {adjusted}"
            was = percent(ratio_bp)
            en = f"the ratio is raised by {by} percentage points, from {was} to {adjusted}"
        else:
            by = percent(self.looked.value)
            zh = f"支付比例按其 {by} 计算, 由 {percent(ratio_bp)} 变为 {adjusted}"
            en = f"{by} of the ratio counts: {adjusted} instead of {percent(ratio_bp)}"
        inputs = {"ratio": percent(ratio_bp), "by": by, "adjusted": adjusted}
        return explained(self.operator, self.looked, (zh, en), inputs, 0, running_fen)


def _outside(result_bp: int, rest: int) -> tuple[str, str]:
    """Say why a result is no ratio, in Chinese and English."""
    if result_bp > 10_000:
        return "超过 100%", "more than 100%"
    if result_bp < 0:
        return "低于 0", "less than 0%"
    assert rest, "everything else is a ratio"
    return "不是万分之一的整数倍", "a fraction of a hundredth of a per cent"


def adjusted(ratio_bp: int, adjustments: tuple[BoundAdjust, ...]) -> int:
    """Apply adjustments one after the other."""
    for adjustment in adjustments:
        ratio_bp = adjustment.apply(ratio_bp)
    return ratio_bp


def explain_all(
    ratio_bp: int, adjustments: tuple[BoundAdjust, ...], running_fen: int
) -> tuple[Explained, ...]:
    """Word those adjustments that change something, one after the other."""
    steps = []
    for adjustment in adjustments:
        if adjustment.changes:
            steps.append(adjustment.explain(ratio_bp, running_fen))
        ratio_bp = adjustment.apply(ratio_bp)
    return tuple(steps)
