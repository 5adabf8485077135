"""The payer's line of a settlement in the books."""

from __future__ import annotations

from clearing.messages import LineReported
from clearing.settlement import clearing_type
from services.insured_region.records import Settlement


def line_of(settlement: Settlement, payer_region: str) -> LineReported:
    """Return the line that a paid settlement gives to the books."""
    assert settlement.scheme is not None
    return LineReported(
        side="payer",
        line_id=settlement.settlement_id,
        settlement_id=settlement.settlement_id,
        kind="settlement",
        care_region=settlement.care_region,
        payer_region=payer_region,
        scheme=settlement.scheme,
        clearing_type=clearing_type(settlement.care_type),
        total_fen=settlement.total_fen,
        by_fund=settlement.by_fund,
    )
