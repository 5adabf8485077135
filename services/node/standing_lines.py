"""What stands in a region's book of each settlement and debit, once taken back and restored."""

from __future__ import annotations

from collections.abc import Mapping

from clearing.ports import UnitOfWork
from clearing.report import CORRECTING
from services.node.day_book import BookedLine
from services.node.scanning import every

_TAKES_BACK = ("cancellation", "reversal", "debit_reversal")


def standing_lines(uow: UnitOfWork, side: str) -> Mapping[str, int]:
    """Return for each settlement and debit ever booked how often it stands: 1, or 0 undone."""
    standing: dict[str, int] = {}
    for line in every(uow, BookedLine, ("line_id",)):
        if line.side == side and line.kind not in CORRECTING:  # a settlement stands in spite of it
            first = line.original_line_id or line.line_id
            change = -1 if line.kind in _TAKES_BACK else 1
            standing[first] = standing.get(first, 0) + change
    return standing
