"""What a batch of reports will read of the house's database, read at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clearing.chain import ChainHead
from clearing.journal import JOURNAL, JournalLine, JournalState
from clearing.messages import DatedLine, LineReported, LinesReported
from clearing.period import Period, own_period
from clearing.ports import UnitOfWork
from clearing.position import Position, PositionKey
from clearing.report import ReportedLine
from services.clearing_house.records import CHAINS


def before_reports(reports: Sequence[LineReported], unit: UnitOfWork) -> Iterator[None]:
    """Read what either side reported of the same lines before, and where chains end."""
    _want_lines(reports, unit)
    yield


def before_many_reports(messages: Sequence[LinesReported], unit: UnitOfWork) -> Iterator[None]:
    """Read the same of lines that were told together, and the positions that they may move."""
    lines = [each for message in messages for each in message.lines]
    _want_lines([each.line for each in lines], unit)
    unit.table(Period).want({(own_period(each.business_time),) for each in lines})
    unit.table(Position).want({key for each in lines for key in _position_keys(each)})
    yield


def _want_lines(lines: Sequence[LineReported], unit: UnitOfWork) -> None:
    unit.table(ReportedLine).want_by("line_id", (each.line_id for each in lines))
    unit.table(ChainHead).want((CHAINS[kind],) for kind in (ReportedLine, JournalLine))
    unit.table(JournalState).want([(JOURNAL,)])


def _position_keys(dated: DatedLine) -> Iterator[PositionKey]:
    """Yield the positions of a line whose own month is still open."""
    line, period = dated.line, own_period(dated.business_time)
    for fund in line.by_fund:
        yield (
            line.payer_region,
            line.care_region,
            line.scheme,
            line.clearing_type,
            fund,
            period,
        )
