"""What the funds paid first for a liable third party, and the region has to recover."""

from __future__ import annotations

from clearing.errors import Malformed
from services.insured_region import commands
from services.insured_region.answers import ReceivableSeen, ReceivablesSeen
from services.insured_region.records import Receivable, Settlement
from services.node.context import Context

MAX_LISTED = 500


def list_receivables(command: commands.ListReceivables, context: Context) -> ReceivablesSeen:
    """Show receivables in order of their settlement ids, each with its settlement's state."""
    if not 0 <= command.limit <= MAX_LISTED:
        raise Malformed(
            "number_range", f"from 0 to {MAX_LISTED}", f"应在0至{MAX_LISTED}之间", field="limit"
        )
    found = context.table(Receivable).scan(
        after=(command.after,), limit=command.limit or MAX_LISTED
    )
    settlements = context.table(Settlement).get_many([(row.settlement_id,) for row in found])
    return ReceivablesSeen(tuple(_seen(row, settlements[row.settlement_id,]) for row in found))


def _seen(row: Receivable, settlement: Settlement) -> ReceivableSeen:
    return ReceivableSeen(
        row.settlement_id,
        settlement.member_id,
        settlement.care_region,
        row.amount_fen,
        settlement.state,
        settlement.business_time,
    )
