"""What the two sides report to the clearing house, and when it may be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clearing.benefits.claim import FUNDS, Fund, Scheme
from clearing.calendar import Instant, civil_date
from clearing.errors import Rejected
from clearing.frozen import quick
from clearing.geography import check_region, is_home
from clearing.money import Fen
from clearing.reconcile import BookLine, digest_of

ADDING = frozenset({"settlement", "restoration", "debit"})
TAKING_BACK = frozenset({"cancellation", "reversal", "debit_reversal"})
CORRECTING = frozenset({"correction"})
"""A retroactive difference: more or less of each fund, for a settlement that stays."""

ACCOUNT_KINDS = frozenset({"debit", "debit_reversal"})
CLEARING_TYPES = frozenset({"11", "21", "41"})


class Side(StrEnum):
    """Which of its two sides reported a line."""

    CARE = "care"
    PAYER = "payer"

    @property
    def other(self) -> Side:
        """The side opposite."""
        return Side.PAYER if self is Side.CARE else Side.CARE


@quick
@dataclass(frozen=True, slots=True)
class ReportedLine:
    """A line as one side reported it first; never changed. Chained in order of arrival.

    ``on`` is the business day; ``digest`` is what both sides must agree on.
    """

    sequence: int
    line_id: str
    side: Side
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
    digest: str
    reported_at: Instant
    previous_hash: str
    hash: str


def reported(line: BookLine, side: Side, reported_at: Instant) -> ReportedLine:
    """Return the record of a report; it has no place in the chain yet."""
    return ReportedLine(
        sequence=0,
        line_id=line.line_id,
        side=side,
        on=civil_date(line.business_time),
        settlement_id=line.settlement_id,
        original_line_id=line.original_line_id,
        kind=line.kind,
        care_region=line.care_region,
        payer_region=line.payer_region,
        scheme=line.scheme,
        clearing_type=line.clearing_type,
        business_time=line.business_time,
        total_fen=line.total_fen,
        by_fund={fund: line.by_fund[fund] for fund in FUNDS if line.by_fund.get(fund)},
        digest=digest_of(line),
        reported_at=reported_at,
        previous_hash="",
        hash="",
    )


def book_line(report: ReportedLine) -> BookLine:
    """Return the line that a report tells of."""
    return BookLine(
        report.line_id,
        report.settlement_id,
        report.original_line_id,
        report.kind,
        report.care_region,
        report.payer_region,
        report.scheme,
        report.clearing_type,
        report.business_time,
        report.total_fen,
        report.by_fund,
    )


def check_line(line: BookLine) -> None:
    """Raise ``Rejected`` where a line cannot be one of anybody's books, naming the field."""
    check_region(line.care_region, "care_region")
    check_region(line.payer_region, "payer_region")
    if is_home(line.payer_region, line.care_region):
        raise _wrong("payer_region", "care inside one pooling area is not cleared here")
    if line.kind not in ADDING | TAKING_BACK | CORRECTING:
        raise _wrong("kind", f"there is no kind of line {line.kind!r}")
    if line.clearing_type not in CLEARING_TYPES:
        raise _wrong("clearing_type", f"there is no clearing type {line.clearing_type!r}")
    if line.kind in CORRECTING and line.total_fen:
        raise _wrong("total_fen", f"a {line.kind} changes no visit's cost")
    sign = 1 if line.kind in ADDING else -1
    if line.total_fen * sign < 0:
        raise _wrong("total_fen", f"its sign does not fit a {line.kind}")
    for fund, amount_fen in line.by_fund.items():
        if amount_fen * sign < 0 and line.kind not in CORRECTING:
            raise _wrong(f"by_fund.{fund}", f"its sign does not fit a {line.kind}")
        if (fund is Fund.PERSONAL_ACCOUNT) != (line.kind in ACCOUNT_KINDS):
            raise _wrong(f"by_fund.{fund}", f"this fund has no part in a {line.kind}")
    if line.kind in TAKING_BACK | CORRECTING and not line.original_line_id:
        raise _wrong("original_line_id", "what takes back or corrects a line must name it")


def _wrong(field: str, what: str) -> Rejected:
    return Rejected(
        "line_inconsistent",
        f"the line cannot enter the books: {what}",
        f"该笔明细不能入账 ({field})",
        field=field,
    )
