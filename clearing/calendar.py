"""Civil dates of the region (Asia/Shanghai) and UTC instants, kept apart.

An ``Instant`` is an ``int`` of milliseconds since 1970-01-01T00:00:00Z. Civil dates are
``datetime.date``. The mainland has kept UTC+8 without daylight saving since 1991, which covers
every date this house handles, so the offset is a constant and not a time-zone database.
"""

from __future__ import annotations

import calendar as _calendar
from datetime import UTC, date, datetime, timedelta
from typing import NewType

Instant = NewType("Instant", int)
"""Milliseconds since the epoch, UTC."""

_SHANGHAI_MS = 8 * 3600 * 1000
_DAY_MS = 24 * 3600 * 1000
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def corresponding_day(start: date, months: int) -> date:
    """Return the day a period of ``months`` counted from ``start`` ends on.

    The first day is not counted and the period ends on the corresponding day of the last
    month, or on that month's last day where it has none (Civil Code arts. 200-202):
    2020-02-29 plus 12 months is 2021-02-28. The day returned still belongs to the period.
    """
    month_index = start.year * 12 + start.month - 1 + months
    year, month0 = divmod(month_index, 12)
    last = _calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(start.day, last))


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after the one ``day`` lies in."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_of(day: date) -> str:
    """Return the month of a civil date as ``YYYY-MM``."""
    return f"{day.year:04d}-{day.month:02d}"


def civil_date(instant: Instant) -> date:
    """Return the civil date in Asia/Shanghai at an instant."""
    return date.fromordinal(_EPOCH_ORDINAL + (instant + _SHANGHAI_MS) // _DAY_MS)


def day_bounds(day: date) -> tuple[Instant, Instant]:
    """Return the first instant of a civil day and the first instant after it."""
    start = (day.toordinal() - _EPOCH_ORDINAL) * _DAY_MS - _SHANGHAI_MS
    return Instant(start), Instant(start + _DAY_MS)


def instant_at(day: date, hour: int = 12, minute: int = 0, second: int = 0) -> Instant:
    """Return the instant of a civil date and time of day in Asia/Shanghai."""
    return Instant(day_bounds(day)[0] + ((hour * 60 + minute) * 60 + second) * 1000)


def format_instant(instant: Instant) -> str:
    """Write an instant as RFC 3339 in UTC, with milliseconds."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> Instant:
    """Read an RFC 3339 instant. Raises ``ValueError`` where the offset is missing."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"an instant needs an offset or Z: {text!r}")
    return Instant((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))
