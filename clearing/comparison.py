"""Comparing the three books of a business day: buckets by digest, then lines where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from clearing.breaks import BreakKind, Finding, differences
from clearing.reconcile import BookLine, DayTotal, digest_of


@dataclass(frozen=True, slots=True)
class PairReconciliation:
    """A bucket in the three books; ``None`` where a book has no such bucket.

    ``insured_region`` is the payer's region.
    """

    care_region: str
    insured_region: str
    care: DayTotal | None
    insured: DayTotal | None
    house: DayTotal | None
    agrees: bool


def compare_totals(
    care: Iterable[DayTotal], insured: Iterable[DayTotal], house: Iterable[DayTotal]
) -> list[PairReconciliation]:
    """Return every bucket that any of the three books has, sorted by its two regions.

    A bucket agrees when all three books have it and their digests are one.
    """
    books = [_by_pair(care), _by_pair(insured), _by_pair(house)]
    pairs = sorted({pair for book in books for pair in book})
    return [_compared(pair, [book.get(pair) for book in books]) for pair in pairs]


def _by_pair(totals: Iterable[DayTotal]) -> dict[tuple[str, str], DayTotal]:
    return {(total.care_region, total.insured_region): total for total in totals}


def _compared(pair: tuple[str, str], totals: list[DayTotal | None]) -> PairReconciliation:
    digests = {None if total is None else total.digest for total in totals}
    agrees = len(digests) == 1 and None not in digests
    care, insured, house = totals
    return PairReconciliation(*pair, care, insured, house, agrees)


def compare_lines(
    on: date,
    care: Iterable[BookLine],
    insured: Iterable[BookLine],
    house: Iterable[BookLine],
) -> list[Finding]:
    """Return what differs between three copies of a bucket, sorted by line and kind.

    The house has a line once both sides have reported it alike. So a line that it lacks is
    missing there only where both sides have it, and have it alike.
    """
    copies: dict[str, dict[str, BookLine]] = {}
    for name, lines in (("care", care), ("insured", insured), ("house", house)):
        for line in lines:
            copies.setdefault(line.line_id, {})[name] = line
    findings = [
        finding for line_id in sorted(copies) for finding in _findings(on, line_id, copies[line_id])
    ]
    return sorted(findings, key=lambda finding: (finding.line_id, finding.kind))


def _findings(on: date, line_id: str, copies: Mapping[str, BookLine]) -> list[Finding]:
    line = next(iter(copies.values()))
    alike = len({digest_of(copy) for copy in copies.values()}) == 1
    kinds = []
    if "care" not in copies:
        kinds.append(BreakKind.MISSING_AT_CARE)
    if "insured" not in copies:
        kinds.append(BreakKind.MISSING_AT_INSURED)
    if not kinds and alike and "house" not in copies:
        kinds.append(BreakKind.MISSING_AT_HOUSE)
    if not alike:
        kinds.append(BreakKind.DIFFERS)
    return [
        Finding(on, line_id, kind, line.care_region, line.payer_region, _detail(kind, copies))
        for kind in kinds
    ]


def _detail(kind: BreakKind, copies: Mapping[str, BookLine]) -> str:
    if kind is BreakKind.DIFFERS:
        return differences(copies)
    line = next(iter(copies.values()))
    amount_fen = sum(line.by_fund.values())
    return (
        f"{line.kind} of settlement {line.settlement_id}, {amount_fen} fen from all funds, "
        f"is in the books of: {', '.join(copies)}"
    )
