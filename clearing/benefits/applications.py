"""Flat amounts that an agency pays on application: nothing that a hospital settles."""

from __future__ import annotations

from clearing.benefits.cell import Cell
from clearing.benefits.claim import Claim, Explained
from clearing.calendar import corresponding_day
from clearing.money import format_yuan


def explain_application(cell: Cell, claim: Claim) -> tuple[Explained, ...]:
    """Say which flat amount the agency pays, and until when it must be applied for."""
    deciding = cell.deciding
    assert deciding is not None, "an application ends the matter"
    assert claim.circumstances.delivered_on is not None, "a delivery has its day"
    quota = format_yuan(cell.quota_fen)
    last = corresponding_day(claim.circumstances.delivered_on, cell.within_months).isoformat()
    zh = f"本次费用由个人支付, 由参保地经办机构按定额补助 {quota} 元, 最迟 {last} 申领"
    en = (
        f"the patient pays this visit and the insured region's agency pays a flat {quota} yuan "
        f"if applied for by {last}"
    )
    return (
        Explained(
            step=deciding.step,
            table=deciding.table,
            edition=deciding.edition,
            source=deciding.source,
            rule_en=f"{deciding.en}: {en}",
            rule_zh=f"{deciding.zh}：{zh}",
            inputs={
                "code": cell.code or "",
                "file": deciding.file,
                "quota": quota,
                "delivered_on": claim.circumstances.delivered_on.isoformat(),
                "apply_by": last,
            },
            amount_fen=0,
            running_fen=0,
        ),
    )
