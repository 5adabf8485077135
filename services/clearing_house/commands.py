"""What the clearing house is asked; the fields are those of ``protos/house/v1/house.proto``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from clearing.benefits.claim import Fund
from clearing.breaks import BreakState
from clearing.messages import Address
from clearing.reconcile import BookLine, DayTotal


@dataclass(frozen=True, slots=True)
class ListPositions:
    """Who owes whom; ``""`` means any."""

    payer_region: str = ""
    payee_region: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class ListJournalLines:
    """The lines behind a position or a settlement, a page at a time."""

    payer_region: str = ""
    payee_region: str = ""
    period: str = ""
    settlement_id: str = ""
    fund: Fund | None = None
    after_sequence: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class ListBreaks:
    """Breaks of a day or of all days, in one state or in any."""

    on: date | None = None
    state: BreakState | None = None


@dataclass(frozen=True, slots=True)
class CloseBreak:
    """A person closes a break, for good."""

    fingerprint: str
    state: BreakState
    closed_by: str
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True)
class VerifyJournal:
    """Recompute the books from the first entry."""


@dataclass(frozen=True, slots=True)
class HouseDayTotals:
    """The house's own buckets of a day; asked inside the process only."""

    on: date


@dataclass(frozen=True, slots=True)
class RemoteLines:
    """The lines that the two regions have in one bucket."""

    care: tuple[BookLine, ...]
    insured: tuple[BookLine, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """What the regions answered about a day.

    ``opened`` has the lines of the buckets that differed when the regions were asked.
    ``asked`` are the nodes there are; ``answered`` those that gave all that was wanted of them.
    ``last_report`` is the last one that the house had before it asked anybody.
    """

    care_totals: tuple[DayTotal, ...]
    insured_totals: tuple[DayTotal, ...]
    opened: Mapping[tuple[str, str], RemoteLines]
    asked: frozenset[Address]
    answered: frozenset[Address]
    last_report: int


@dataclass(frozen=True)
class ReconcileDay:
    """Reconcile a business day.

    ``observation`` is what was seen, not what is asked: it is no field, so it doesn't count as
    content, and a repeat under the same request id gets the first answer.
    """

    on: date
    observation: ClassVar[Observation | None] = None

    def observed(self, observation: Observation) -> ReconcileDay:
        """Return the same command with what the regions answered."""
        command = ReconcileDay(self.on)
        object.__setattr__(command, "observation", observation)
        return command
