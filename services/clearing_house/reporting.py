"""Taking the reports of both sides: alike they enter the journal, unlike they are a break."""

from __future__ import annotations

from clearing.breaks import BreakKind, Finding, differences
from clearing.errors import Rejected
from clearing.messages import HOUSE, LineReported, LinesReported
from clearing.reconcile import BookLine
from clearing.report import ReportedLine, Side, book_line, check_line, reported
from services.clearing_house.breaking import record
from services.clearing_house.chains import append
from services.clearing_house.posting import post
from services.node.context import Context


def line_reported(message: LineReported, context: Context) -> None:
    """Take one side's report of a line; what was reported first stands, whatever comes later.

    Raises ``Rejected`` for a report that no book can hold; it is parked.
    """
    side, line = _side(message.side), _line(message, context)
    check_line(line)
    reports = {
        Side(known.side): known
        for known in context.table(ReportedLine).select(line_id=message.line_id)
    }
    report = reported(line, side, context.logged_at)
    known, other = reports.get(side), reports.get(side.other)
    if known is not None:
        if known.digest != report.digest:
            copies = {f"{side} first": book_line(known), f"{side} later": line}
            _record_difference(reports.get(Side.CARE, known), copies, context)
        return
    report = append(context.uow, report)
    if other is None:
        return
    if other.digest == report.digest:
        post(line, context)
        return
    copies = {str(side): line, str(side.other): book_line(other)}
    care = report if side is Side.CARE else other
    _record_difference(care, dict(sorted(copies.items())), context)


def lines_reported(message: LinesReported, context: Context) -> None:
    """Take several lines, each by itself.

    One that no book can hold is sent on alone, to be parked alone; the others are entered.
    """
    trace_parent = context.trace_parent
    for each in message.lines:
        context.business_time, context.trace_parent = each.business_time, each.trace_parent
        try:
            with context.uow.attempt():
                line_reported(each.line, context)
        except Rejected:
            line = each.line
            context.send(HOUSE, line.line_id, line, correlation_id=line.settlement_id)
    context.trace_parent = trace_parent


def difference_of(care: ReportedLine, copies: dict[str, BookLine]) -> Finding:
    """Return the break of a line that was reported in two ways; its day is the care side's."""
    return Finding(
        on=care.on,
        line_id=care.line_id,
        kind=BreakKind.DIFFERS,
        care_region=care.care_region,
        insured_region=care.payer_region,
        detail=differences(copies),
    )


def _record_difference(care: ReportedLine, copies: dict[str, BookLine], context: Context) -> None:
    record(difference_of(care, copies), context)


def _side(side: str) -> Side:
    try:
        return Side(side)
    except ValueError:
        raise Rejected(
            "report_side",
            f"a report comes from care or payer, not {side!r}",
            "报送方无法识别",
            field="side",
        ) from None


def _line(message: LineReported, context: Context) -> BookLine:
    return BookLine(
        message.line_id,
        message.settlement_id,
        message.original_line_id,
        message.kind,
        message.care_region,
        message.payer_region,
        message.scheme,
        message.clearing_type,
        context.business_time,
        message.total_fen,
        message.by_fund,
    )
