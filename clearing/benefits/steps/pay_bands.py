"""Step ``pay_bands``: a fund pays by bands of a yearly axis.

``of: running`` runs on the axis of in-scope cost that ``count_fees`` keeps: what the member
bears first (deductible, first-pay share) lies at the lower end of the claim's stretch of it, so
a boundary of 40,000.00 includes the deductible. ``of: burden`` runs on the in-scope cost that no
fund has paid, added up over the year by this step itself (big-illness insurance).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from clearing.benefits.claim import Explained, Fund
from clearing.benefits.steps.adjust import Adjust, BoundAdjust, adjusted, explain_all
from clearing.benefits.steps.arithmetic import (
    NO_LIMIT_FEN,
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
from clearing.benefits.steps.words import (
    FUND_WORDS,
    explained,
    funds_so_far,
    limit,
    percent,
    rounded,
    units,
)
from clearing.money import format_yuan

_AXIS: Final[Mapping[CostBase, tuple[str, str]]] = {
    "running": ("年度累计费用中", "the year's cost"),
    "burden": ("年度累计政策范围内个人负担中", "what the member has borne in scope this year"),
}


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
            stretch = (trace.after[low_u], trace.after[high_u])
            paid = (trace.after[fund_slot], funds_so_far(trace.after))
            return _explained(self, table, adjustments, bands, stretch, paid)

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
    step: PayBands,
    table: Looked,
    adjustments: tuple[BoundAdjust, ...],
    bands: tuple[Band, ...],
    stretch_u: tuple[int, int],
    paid_fen: tuple[int, int],
) -> tuple[Explained, ...]:
    """Word the bands that the claim's stretch of the axis touches.

    ``paid_fen`` is what this fund pays and what all have paid so far.
    """
    (low_u, high_u), (amount_fen, running_fen) = stretch_u, paid_fen
    inputs = {"from": units(low_u), "to": units(high_u)}
    parts_zh, parts_en, weighted = [], [], 0
    for band in bands:
        part_u = min(high_u, units_of(band.to_fen)) - max(low_u, units_of(band.from_fen))
        if part_u > 0:
            product = f"{units(part_u)} × {percent(band.ratio_bp)}"
            inputs[f"{limit(band.from_fen)}–{limit(band.to_fen)}"] = product
            where_zh, where_en = _where(band)
            parts_zh.append(f"{where_zh}{product}")
            parts_en.append(f"{where_en}{product}")
            weighted += part_u * band.ratio_bp
    total, (near_zh, near_en) = format_yuan(amount_fen), rounded(weighted)
    sums_zh, sums_en = (" + ".join(parts) or "0.00" for parts in (parts_zh, parts_en))
    (who_zh, who_en), (axis_zh, axis_en) = FUND_WORDS[step.fund], _AXIS[step.of]
    start, end = inputs["from"], inputs["to"]
    zh = (
        f"{axis_zh}自 {start} 元至 {end} 元的部分, {who_zh}分段支付: "
        f"{sums_zh} = {total} 元{near_zh}"
    )
    en = (
        f"{who_en} pays by bands of {axis_en}, here from {start} to {end} yuan: "
        f"{sums_en} = {total}{near_en}"
    )
    cost_fen = fen_of(high_u - low_u)
    before = (
        explain_all(band.ratio_bp, adjustments, cost_fen)
        for band in table.bands
        if band.ratio_bp
        and min(high_u, units_of(band.to_fen)) > max(low_u, units_of(band.from_fen))
    )
    return (
        *(step for steps in before for step in steps),
        explained("pay_bands", table, (zh, en), inputs, amount_fen, running_fen),
    )


def _where(band: Band) -> tuple[str, str]:
    """Name a band before what falls into it; one that is the whole axis needs no name."""
    start, end = limit(band.from_fen), limit(band.to_fen)
    if band.to_fen < NO_LIMIT_FEN:
        if band.from_fen == 0:
            return f"[{end} 元及以下] ", f"[up to {end}] "
        return f"[{start} 至 {end} 元] ", f"[{start} to {end}] "
    return (f"[{start} 元以上] ", f"[above {start}] ") if band.from_fen else ("", "")
