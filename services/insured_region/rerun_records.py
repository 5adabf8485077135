"""What an insured-region node keeps of re-runs: the job, each chain it ran, each claim's item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from clearing.benefits.bundles.rerun import Remedy, difference_of
from clearing.benefits.claim import Fund, Outcome
from clearing.calendar import Instant
from clearing.money import Fen
from clearing.ports import TableSpec


class RerunState(StrEnum):
    """How far a re-run is."""

    RUNNING = "running"
    DONE = "done"


class ItemState(StrEnum):
    """Whether the money of an item has moved."""

    OPEN = "open"
    RECORDED = "recorded"  # somebody recorded that it was reimbursed or recovered


@dataclass(frozen=True, slots=True)
class Rerun:
    """A re-run under a publication; it is worked off a few chains at a time.

    ``sequence`` counts the region's re-runs: what a later one has of a settlement counts. The
    cursor (``after_member``, ``after_year``) is the last chain that has been looked at.
    """

    rerun_id: str
    sequence: int
    number: int  # of the publication
    bundle_hash: str
    from_on: date
    state: RerunState
    started_at: Instant
    after_member: str = ""
    after_year: int = 0
    chains: int = 0
    settlements: int = 0
    reimburse_fen: Fen = 0
    recover_fen: Fen = 0


@dataclass(frozen=True, slots=True)
class RerunEntry:
    """What stood at a place of a chain when it was run again.

    ``kind`` is settlement (decided again), standing (a settlement of other days, which keeps
    what it added, recorded corrections included) or case (a recorded manual decision).
    """

    place: int
    kind: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class RerunChain:
    """A member's benefit year as it was run again; ``publications`` were there at the time."""

    rerun_id: str
    member_id: str
    benefit_year: int
    publications: int
    places: int
    entries: tuple[RerunEntry, ...]


@dataclass(frozen=True, slots=True)
class RerunItem:
    """What a settlement came to, what it comes to under the rules published, and what is to do.

    The old figures are what stood when it was run again: the settlement's own and every
    correction recorded by then. ``place`` is that of the record of the correction.
    """

    rerun_id: str
    settlement_id: str
    member_id: str
    benefit_year: int
    day: date
    old_outcome: Outcome
    new_outcome: Outcome
    new_code: str
    old_by_fund: Mapping[Fund, Fen]
    new_by_fund: Mapping[Fund, Fen]
    old_additions: Mapping[str, int]
    new_additions: Mapping[str, int]
    before: Mapping[str, int]
    old_bundle: str
    new_bundle: str
    remedy: Remedy
    state: ItemState = ItemState.OPEN
    recorded_by: str = ""
    reason: str = ""
    correction_id: str = ""  # its clearing line's, where the money goes through the hospital
    place: int = 0
    by_fund: Mapping[Fund, Fen] = field(default_factory=dict)  # recorded: new less old
    additions: Mapping[str, int] = field(default_factory=dict)  # recorded: new less old

    @property
    def difference(self) -> dict[Fund, Fen]:
        """What each fund would have paid more; less is negative."""
        return difference_of(self.old_by_fund, self.new_by_fund)


RERUN_SPECS = (
    TableSpec(Rerun, "rerun", ("rerun_id",), (("state",),)),
    TableSpec(RerunChain, "rerun_chain", ("rerun_id", "member_id", "benefit_year")),
    TableSpec(
        RerunItem, "rerun_item", ("rerun_id", "settlement_id"), (("settlement_id",), ("member_id",))
    ),
)
