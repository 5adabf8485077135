"""Retroactive differences that pass through the hospital: the care side's line of each."""

from __future__ import annotations

from clearing.errors import Rejected
from clearing.messages import CorrectionRecorded, LineReported
from clearing.settlement import SettlementState, clearing_type
from services.care_region.records import Settlement
from services.node.context import Context
from services.node.day_book import book


def on_correction_recorded(told: CorrectionRecorded, context: Context) -> None:
    """Enter the difference in this side's book; the settlement itself stays as it is.

    Raises ``Rejected`` (``correction_unknown``) where no such settlement stands here: the
    message is parked, and the house finds the line at one side only.
    """
    settlement = context.table(Settlement).get(told.settlement_id)
    if settlement is None or settlement.state is not SettlementState.SETTLED:
        raise Rejected(
            "correction_unknown",
            f"no settlement {told.settlement_id!r} stands here to be corrected",
            f"没有可更正的有效结算 {told.settlement_id!r}",
        )
    assert settlement.scheme is not None, "what is settled has a scheme"
    book(
        context,
        "care",
        LineReported(
            side="care",
            line_id=told.correction_id,
            settlement_id=settlement.settlement_id,
            original_line_id=settlement.settlement_id,
            kind="correction",
            care_region=context.address.region,
            payer_region=settlement.insured_region,
            scheme=settlement.scheme,
            clearing_type=clearing_type(settlement.care_type),
            by_fund=told.by_fund,
        ),
    )
