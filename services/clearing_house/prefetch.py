"""What a batch of reports will read of the house's database, read at once."""

from __future__ import annotations

from collections.abc import Sequence

from clearing.messages import LineReported, LinesReported
from clearing.ports import UnitOfWork
from clearing.report import ReportedLine


def before_reports(reports: Sequence[LineReported], unit: UnitOfWork) -> None:
    """Read what either side reported of the same lines before."""
    _read([each.line_id for each in reports], unit)


def before_many_reports(messages: Sequence[LinesReported], unit: UnitOfWork) -> None:
    """Read the same of lines that were told together."""
    _read([each.line.line_id for message in messages for each in message.lines], unit)


def _read(line_ids: Sequence[str], unit: UnitOfWork) -> None:
    unit.table(ReportedLine).select_many("line_id", line_ids)
