"""Step ``pay_bands``: a fund pays by bands of a yearly axis.

``of: running`` runs on the axis of in-scope cost that ``count_fees`` keeps: what the member
bears first (deductible, first-pay share) lies at the lower end of the claim's stretch of it, so
a boundary of 40,000.00 includes the deductible. ``of: burden`` runs on the in-scope cost that no
fund has paid, added up over the year by this step itself (big-illness insurance).
"""

from __future__ import annotations

from typing import Literal

from clearing.benefits.claim import Explained, Fund
from clearing.benefits.steps.adjust import Adjust, BoundAdjust, adjusted, explain_all
from clearing.benefits.steps.arithmetic import (
    fen_of,
    left_after_funds,
    less,
    rounded_payment,
    top_of_axis,
    units_of,
    with_band,
)
from clearing.benefits.steps.op import (
    COUNTED,
    FUND_SLOTS,
    IN_SCOPE,
    RUNNING_U,
    Band,
    BoundStep,
    Looked,
    Op,
    Scope,
    Trace,
)
from clearing.benefits.steps.pay import CostBase
from clearing.benefits.steps.spec import Account, RuleModel, TableName
from clearing.benefits.steps.words import explained, limit, percent, units
from clearing.money import format_yuan


class PayBands(RuleModel):
    """``bands`` names a table of bands, ``account`` the axis they run on."""

    step: Literal["pay_bands"]
    fund: Fund
    bands: TableName
    account: Account
    of: CostBase = "running"
    adjust: tuple[Adjust, ...] = ()

    def bind(self, scope: Scope) -> BoundStep:
        """Bind the bands, each with its adjusted ratio."""
        table = scope.lookup(self.bands)
        adjustments = tuple(item.bind(scope) for item in self.adjust)
        bands = tuple(
            Band(b.from_fen, b.to_fen, adjusted(b.ratio_bp, adjustments) if b.ratio_bp else 0)
            for b in table.bands
        )
        account, fund_slot = scope.account(self.account, "year"), FUND_SLOTS[self.fund]
        low_u, high_u, weighted = scope.slot(), scope.slot(), scope.slot()
        cost, adds = self._cost(scope, account, low_u, high_u)
        parts = tuple(
            Op(
                with_band,
                (weighted, low_u, high_u),
                (),
                (b.from_fen, b.to_fen, b.ratio_bp),
                weighted,
            )
            for b in bands
        )

        def explain(trace: Trace) -> tuple[Explained, ...]:
            low, high = trace.after[low_u], trace.after[high_u]
            return _explained(table, adjustments, bands, low, high, trace.after[fund_slot])

        done = Op(rounded_payment, (weighted,), (), (), fund_slot)
        return BoundStep((*cost, *parts, done), adds, explain)

    def _cost(
        self, scope: Scope, account: int, low_u: int, high_u: int
    ) -> tuple[tuple[Op, ...], tuple[tuple[int, int], ...]]:
        if self.of == "running":
            return (
                Op(top_of_axis, (COUNTED,), (account,), (), high_u),
                Op(less, (high_u, RUNNING_U), (), (), low_u),
            ), ()
        burden, burden_u = scope.slot(), scope.slot()
        return (
            Op(left_after_funds, (IN_SCOPE, *FUND_SLOTS.values()), (), (), burden),
            Op(units_of, (burden,), (), (), burden_u),
            Op(top_of_axis, (burden,), (account,), (), high_u),
            Op(less, (high_u, burden_u), (), (), low_u),
        ), ((account, burden),)


def _explained(
    table: Looked,
    adjustments: tuple[BoundAdjust, ...],
    bands: tuple[Band, ...],
    low_u: int,
    high_u: int,
    amount_fen: int,
) -> tuple[Explained, ...]:
    inputs = {"from": units(low_u), "to": units(high_u)}
    parts = []
    for band in bands:
        part_u = min(high_u, units_of(band.to_fen)) - max(low_u, units_of(band.from_fen))
        if part_u > 0:
            name = f"{limit(band.from_fen)}–{limit(band.to_fen)}"
            inputs[name] = f"{units(part_u)} × {percent(band.ratio_bp)}"
            parts.append(inputs[name])
    total, sums = format_yuan(amount_fen), " + ".join(parts) or "0.00"
    start, end = inputs["from"], inputs["to"]
    zh = f"年度累计 {start} 元至 {end} 元分段支付: {sums} = {total} 元"
    en = f"paid by bands of the year's axis from {start} to {end}: {sums} = {total}"
    cost_fen = fen_of(high_u - low_u)
    before = (
        explain_all(band.ratio_bp, adjustments, cost_fen)
        for band in table.bands
        if band.ratio_bp
        and min(high_u, units_of(band.to_fen)) > max(low_u, units_of(band.from_fen))
    )
    return (
        *(step for steps in before for step in steps),
        explained("pay_bands", table, (zh, en), inputs, amount_fen, amount_fen),
    )
