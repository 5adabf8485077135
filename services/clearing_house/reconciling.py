"""Reconciling a business day with what the regions answered about it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import date

from clearing.breaks import BreakState, Finding
from clearing.comparison import PairReconciliation, compare_lines, compare_totals
from clearing.errors import Unavailable
from clearing.messages import Address, Role
from clearing.ports import UnitOfWork
from clearing.reconcile import BookLine, digest_of, totals_of
from clearing.report import ReportedLine, Side, book_line
from services.clearing_house.answers import DayReconciliation, DayTotals
from services.clearing_house.breaking import list_breaks, record
from services.clearing_house.chains import head
from services.clearing_house.commands import (
    HouseDayTotals,
    ListBreaks,
    Observation,
    ReconcileDay,
    RemoteLines,
)
from services.clearing_house.posting import publish_head
from services.clearing_house.reporting import difference_of
from services.node.context import Context


def matched_lines(on: date, uow: UnitOfWork) -> list[BookLine]:
    """Return the house's book of a day: the lines that both sides have reported alike."""
    return [book_line(later) for later in _matched(on, uow)]


def _matched(on: date, uow: UnitOfWork) -> Iterator[ReportedLine]:
    """Yield the second report of each line that both sides have reported alike."""
    first: dict[str, ReportedLine] = {}
    for report in uow.table(ReportedLine).select(on=on):
        other = first.setdefault(report.line_id, report)
        if other is not report and other.digest == report.digest:
            yield max(other, report, key=lambda each: each.sequence)


def house_day_totals(query: HouseDayTotals, context: Context) -> DayTotals:
    """Return the house's buckets of a day."""
    totals = totals_of(matched_lines(query.on, context.uow))
    return DayTotals(tuple(totals), head(context.uow, ReportedLine).sequence)


def comparable(pair: PairReconciliation, answered: Container[Address]) -> bool:
    """Tell whether both regions of a bucket have answered."""
    care = Address(Role.CARE, pair.care_region)
    insured = Address(Role.INSURED, pair.insured_region)
    return care in answered and insured in answered


def reconcile_day(command: ReconcileDay, context: Context) -> DayReconciliation:
    """Compare the day's three books and keep each difference, once, as a break.

    A bucket of which a region has not answered is not compared. What came since the house began
    to ask is left to the next run; a bucket that differs only by that is told as differing.
    """
    seen = command.observation
    if seen is None:
        raise Unavailable("regions_not_asked", "the regions were not asked", "尚未询问各地区")
    matches = list(_matched(command.on, context.uow))
    house = [book_line(report) for report in matches]
    newer = {report.line_id for report in matches if report.sequence > seen.last_report}
    pairs = []
    matched = 0
    for pair in compare_totals(seen.care_totals, seen.insured_totals, totals_of(house)):
        if not comparable(pair, seen.answered):
            pairs.append(replace(pair, agrees=False))
            continue
        pairs.append(pair)
        opened = seen.opened.get((pair.care_region, pair.insured_region))
        if pair.agrees and pair.house is not None:
            matched += pair.house.lines
        elif opened is not None:
            in_house = _in_bucket(house, pair)
            matched += _alike(opened, in_house)
            for finding in compare_lines(command.on, opened.care, opened.insured, in_house):
                if finding.line_id in newer:
                    continue  # perhaps it was not there yet when one of the regions was asked
                record(_as_reported(finding, context.uow), context)
    publish_head(context)
    return DayReconciliation(
        on=command.on,
        pairs=tuple(pairs),
        breaks=list_breaks(ListBreaks(command.on, BreakState.OPEN), context).breaks,
        unreachable_regions=_unreachable(seen, pairs),
        matched_lines=matched,
    )


def _in_bucket(lines: Sequence[BookLine], pair: PairReconciliation) -> list[BookLine]:
    wanted = (pair.care_region, pair.insured_region)
    return [line for line in lines if (line.care_region, line.payer_region) == wanted]


def _alike(opened: RemoteLines, house: Sequence[BookLine]) -> int:
    """Count the lines that are the same in all three books."""
    return len(
        {digest_of(line) for line in opened.care}
        & {digest_of(line) for line in opened.insured}
        & {digest_of(line) for line in house}
    )


def _as_reported(finding: Finding, uow: UnitOfWork) -> Finding:
    """Return the break that the line's reports are already, where they differ.

    Sides that disagree on a line's day or regions have it in different buckets: two lines
    seem to be missing, and it is one difference.
    """
    reports = {
        Side(report.side): report
        for report in uow.table(ReportedLine).select(line_id=finding.line_id)
    }
    care, payer = reports.get(Side.CARE), reports.get(Side.PAYER)
    if care is None or payer is None or care.digest == payer.digest:
        return finding
    return difference_of(care, {"care": book_line(care), "payer": book_line(payer)})


def _unreachable(seen: Observation, pairs: Sequence[PairReconciliation]) -> tuple[str, ...]:
    """Return every region that was asked, or is named by a bucket, and has not answered."""
    concerned = set(seen.asked)
    for pair in pairs:
        concerned.add(Address(Role.CARE, pair.care_region))
        concerned.add(Address(Role.INSURED, pair.insured_region))
    return tuple(sorted({address.region for address in concerned - seen.answered}))
