"""Breaks: differences between the books, found once, kept, and closed by a person only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from clearing.benefits.claim import Fund
from clearing.calendar import Instant, format_instant
from clearing.money import Fen
from clearing.reconcile import BookLine


class BreakKind(StrEnum):
    """How the books differ on a line."""

    MISSING_AT_CARE = "missing_at_care"
    MISSING_AT_INSURED = "missing_at_insured"
    MISSING_AT_HOUSE = "missing_at_house"
    DIFFERS = "differs"


class BreakState(StrEnum):
    """A break leaves by resolution or by acceptance."""

    OPEN = "open"
    RESOLVED = "resolved"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference on one line of a business day; ``detail`` is for the person who works on it."""

    on: date
    line_id: str
    kind: BreakKind
    care_region: str
    insured_region: str
    detail: str

    @property
    def fingerprint(self) -> str:
        """Stable: the same difference has the same one, whenever it is found."""
        return fingerprint(self.on, self.line_id, self.kind)


@dataclass(frozen=True, slots=True)
class BreakFound:
    """A finding as it was recorded; never changed. Chained."""

    sequence: int
    fingerprint: str
    on: date
    kind: BreakKind
    line_id: str
    care_region: str
    insured_region: str
    detail: str
    found_at: Instant
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class BreakClosure:
    """Who closed a break, why, and on what evidence; never changed. Chained."""

    sequence: int
    fingerprint: str
    state: BreakState
    closed_by: str
    reason: str
    evidence: str
    closed_at: Instant
    previous_hash: str
    hash: str


def fingerprint(on: date, line_id: str, kind: BreakKind) -> str:
    """Return sha256 (hex) of a difference's day, line and kind."""
    return hashlib.sha256(f"{on.isoformat()}\n{line_id}\n{kind}".encode()).hexdigest()


def differences(copies: Mapping[str, BookLine]) -> str:
    """Say in which fields some copies of a line differ, and what each says there.

    ``copies`` are named by where they are kept: ``{"care": …, "insured": …}``.
    """
    told = []
    for field in fields(BookLine):
        values = {name: _shown(field.name, line) for name, line in copies.items()}
        if len(set(values.values())) > 1:
            told.append(
                f"{field.name}: " + ", ".join(f"{name} {value}" for name, value in values.items())
            )
    return "; ".join(told)


def _shown(field: str, line: BookLine) -> str:
    value: object = getattr(line, field)
    if field == "business_time":
        return format_instant(line.business_time)
    if field == "by_fund":
        return _amounts(line.by_fund)
    return str(value)


def _amounts(by_fund: Mapping[Fund, Fen]) -> str:
    listed = [f"{fund}={by_fund[fund]}" for fund in Fund if by_fund.get(fund)]
    return " ".join(listed) or "0"
