"""What a batch of reports will read of the house's database, read at once."""

from __future__ import annotations

from collections.abc import Sequence

from clearing.messages import LineReported
from clearing.ports import UnitOfWork
from clearing.report import ReportedLine


def before_reports(reports: Sequence[LineReported], unit: UnitOfWork) -> None:
    """Read what either side reported of the same lines before."""
    unit.table(ReportedLine).select_many("line_id", (each.line_id for each in reports))
