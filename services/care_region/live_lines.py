"""The lines of a visit that count: what a visit costs, and what it must span."""

from __future__ import annotations

from services.care_region.records import FeeLineRow
from services.node.context import Context


def live_lines(context: Context, visit_id: str) -> list[FeeLineRow]:
    """Return a visit's lines that are not voided, by number."""
    rows = context.table(FeeLineRow).select(visit_id=visit_id)
    return [row for row in rows if not row.voided]
