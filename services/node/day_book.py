"""A region's own book of lines, by business day, and what it tells the clearing house of them.

The care side and the payer side each keep one; the house compares them with its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from clearing.benefits.claim import Fund, Scheme
from clearing.calendar import Instant, civil_date
from clearing.frozen import quick
from clearing.geography import is_home
from clearing.messages import LineReported
from clearing.money import Fen
from clearing.ports import TableSpec
from clearing.reconcile import BookLine, DayTotal, digest_of, totals_of
from services.node.context import Context


@quick
@dataclass(frozen=True, slots=True)
class BookedLine:
    """A line of this region's book; ``side`` is ``care`` or ``payer``."""

    line_id: str
    side: str
    on: date
    settlement_id: str
    original_line_id: str
    kind: str
    care_region: str
    payer_region: str
    scheme: Scheme
    clearing_type: str
    business_time: Instant
    total_fen: Fen
    by_fund: Mapping[Fund, Fen]


SPECS = (TableSpec(BookedLine, "booked_line", ("line_id",), (("on",),)),)


@quick
@dataclass(frozen=True, slots=True)
class DayLine:
    """A line as it is shown to the house and to operators, with its digest."""

    line_id: str
    settlement_id: str
    original_line_id: str
    kind: str
    care_region: str
    payer_region: str
    scheme: str
    clearing_type: str
    business_time: Instant
    total_fen: Fen
    by_fund: Mapping[Fund, Fen]
    digest: str


@quick
@dataclass(frozen=True, slots=True)
class DayTotals:
    """A day's buckets."""

    totals: tuple[DayTotal, ...]


@quick
@dataclass(frozen=True, slots=True)
class DayLines:
    """A bucket's lines."""

    lines: tuple[DayLine, ...]


def book(context: Context, side: str, line: LineReported) -> None:
    """Enter a line in this region's book and report it to the house.

    Care inside one pooling area is settled there: neither booked nor reported.
    """
    if is_home(line.payer_region, line.care_region):
        return
    context.table(BookedLine).put(
        BookedLine(
            line.line_id,
            side,
            civil_date(context.business_time),
            line.settlement_id,
            line.original_line_id,
            line.kind,
            line.care_region,
            line.payer_region,
            line.scheme,
            line.clearing_type,
            context.business_time,
            line.total_fen,
            line.by_fund,
        )
    )
    context.report(line)


def as_book_line(line: BookedLine) -> BookLine:
    """Return what all three books must agree on of a line."""
    return BookLine(
        line.line_id,
        line.settlement_id,
        line.original_line_id,
        line.kind,
        line.care_region,
        line.payer_region,
        line.scheme,
        line.clearing_type,
        line.business_time,
        line.total_fen,
        line.by_fund,
    )


def totals(lines: Sequence[BookedLine]) -> DayTotals:
    """Return the buckets of some lines of a day."""
    return DayTotals(tuple(totals_of(as_book_line(line) for line in lines)))


def shown(lines: Sequence[BookedLine]) -> DayLines:
    """Return lines as they are shown, with their digests."""
    return DayLines(
        tuple(
            DayLine(
                line.line_id,
                line.settlement_id,
                line.original_line_id,
                line.kind,
                line.care_region,
                line.payer_region,
                str(line.scheme),
                line.clearing_type,
                line.business_time,
                line.total_fen,
                line.by_fund,
                digest_of(as_book_line(line)),
            )
            for line in lines
        )
    )
