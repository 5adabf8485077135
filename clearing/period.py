"""Clearing periods: one for each month of business time, open until it is closed.

A line belongs to the month of its business time in Asia/Shanghai. It is posted to that month's
period while that is open, else to the earliest one after it that is open; a closed period is
never touched again. A period's epoch moves on when it is closed and is kept with each line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from clearing.calendar import Instant, civil_date, month_of
from clearing.frozen import quick

FIRST_EPOCH = 1


class PeriodState(StrEnum):
    """Whether a period takes lines."""

    OPEN = "open"
    CLOSED = "closed"


@quick
@dataclass(frozen=True, slots=True)
class Period:
    """A month's period (``YYYY-MM``). One that nothing is known of is open, in epoch 1."""

    period: str
    state: PeriodState
    epoch: int


@quick
@dataclass(frozen=True, slots=True)
class Posting:
    """Where a line is posted, and by how many months it missed its own month's period."""

    period: str
    epoch: int
    slipped_months: int


def own_period(business_time: Instant) -> str:
    """Return the period of a business time's month."""
    return month_of(civil_date(business_time))


def following(period: str) -> str:
    """Return the period after this one."""
    year, month = _parts(period)
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def months_between(first: str, last: str) -> int:
    """Return how many months ``last`` comes after ``first``."""
    (year, month), (last_year, last_month) = _parts(first), _parts(last)
    return (last_year - year) * 12 + last_month - month


def _parts(period: str) -> tuple[int, int]:
    return int(period[:4]), int(period[5:7])


def posting_for(business_time: Instant, period_of: Callable[[str], Period | None]) -> Posting:
    """Return where a line of this business time is posted now."""
    own = own_period(business_time)
    period = own
    while True:
        known = period_of(period)
        if known is None:
            return Posting(period, FIRST_EPOCH, months_between(own, period))
        if known.state is PeriodState.OPEN:
            return Posting(period, known.epoch, months_between(own, period))
        period = following(period)


def posting_fault(
    business_time: Instant, posting: Posting, period_of: Callable[[str], Period | None]
) -> str:
    """Tell why a line cannot have been posted there, ``""`` when it can.

    Periods only ever close: those a line has passed over must be closed by now.
    """
    own = own_period(business_time)
    slipped = months_between(own, posting.period)
    if slipped < 0 or slipped != posting.slipped_months:
        return f"a line of {own} is in period {posting.period}, slipped {posting.slipped_months}"
    passed = own
    while passed != posting.period:
        known = period_of(passed)
        if known is None or known.state is PeriodState.OPEN:
            return f"a line of {own} is in period {posting.period} while {passed} is open"
        passed = following(passed)
    known = period_of(posting.period)
    if not FIRST_EPOCH <= posting.epoch <= (FIRST_EPOCH if known is None else known.epoch):
        return f"epoch {posting.epoch} of period {posting.period} has not come yet"
    return ""
