"""What the clearing house answers; the fields are those of ``protos/house/v1/house.proto``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clearing.breaks import BreakClosure, BreakFound, BreakKind, BreakState
from clearing.calendar import Instant
from clearing.comparison import PairReconciliation
from clearing.journal import JournalLine
from clearing.position import Position
from clearing.reconcile import DayTotal


@dataclass(frozen=True, slots=True)
class Positions:
    """Positions, sorted by payer, payee, scheme, clearing type, fund and period."""

    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class JournalLines:
    """A page of the journal; ``next_after_sequence`` is 0 when there are no more."""

    lines: tuple[JournalLine, ...]
    next_after_sequence: int


@dataclass(frozen=True, slots=True)
class Break:
    """A break as it stands: found, and closed where somebody has closed it."""

    fingerprint: str
    on: date
    kind: BreakKind
    line_id: str
    care_region: str
    insured_region: str
    detail: str
    state: BreakState
    found_at: Instant
    closed_by: str = ""
    reason: str = ""
    evidence: str = ""


def as_break(found: BreakFound, closure: BreakClosure | None) -> Break:
    """Return a break as it stands."""
    return Break(
        fingerprint=found.fingerprint,
        on=found.on,
        kind=found.kind,
        line_id=found.line_id,
        care_region=found.care_region,
        insured_region=found.insured_region,
        detail=found.detail,
        state=BreakState.OPEN if closure is None else closure.state,
        found_at=found.found_at,
        closed_by="" if closure is None else closure.closed_by,
        reason="" if closure is None else closure.reason,
        evidence="" if closure is None else closure.evidence,
    )


@dataclass(frozen=True, slots=True)
class Breaks:
    """Breaks in the order in which they were found."""

    breaks: tuple[Break, ...]


@dataclass(frozen=True, slots=True)
class DayTotals:
    """The house's buckets of a day, and the last report that was there when they were counted."""

    totals: tuple[DayTotal, ...]
    last_report: int


@dataclass(frozen=True, slots=True)
class DayReconciliation:
    """How a day's three books compare; ``breaks`` are the day's open ones, old and new."""

    on: date
    pairs: tuple[PairReconciliation, ...]
    breaks: tuple[Break, ...]
    unreachable_regions: tuple[str, ...]
    matched_lines: int
