"""A remote-care filing as the insured region keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clearing.frozen import quick
from clearing.geography import filing_area


class FilingCategory(StrEnum):
    """The three long-term and the three temporary categories of filing."""

    RELOCATED_RETIREE = "relocated_retiree"
    LONG_TERM_RESIDENT = "long_term_resident"
    POSTED_WORKER = "posted_worker"
    REFERRAL = "referral"
    EMERGENCY = "emergency"
    OTHER_TEMPORARY = "other_temporary"


LONG_TERM = frozenset(
    {
        FilingCategory.RELOCATED_RETIREE,
        FilingCategory.LONG_TERM_RESIDENT,
        FilingCategory.POSTED_WORKER,
    }
)
"""The long-term categories; the others are temporary."""


@quick
@dataclass(frozen=True, slots=True)
class FilingRecord:
    """One filing. Its dates were fixed by the rules of the day it was approved on.

    * in force from ``valid_from`` through ``valid_until`` (``None``: indefinite), and until the
      day before ``revoked_on``;
    * ``locked_until``: last day on which it can be neither revoked nor changed;
    * ``committed``: filed on a personal commitment; ``proof_on`` is when the proof followed;
    * ``replaces``: the filing it changed or renewed, ``""`` where none.
    """

    filing_id: str
    member_id: str
    insured_region: str
    category: FilingCategory
    destination_region: str
    approved_on: date
    valid_from: date
    valid_until: date | None
    locked_until: date | None
    revoked_on: date | None = None
    committed: bool = False
    proof_on: date | None = None
    replaces: str = ""

    @property
    def is_long_term(self) -> bool:
        """Whether the category is one of the long-term ones."""
        return self.category in LONG_TERM

    def covers(self, care_region: str) -> bool:
        """Tell whether a care region lies in the filing's area of effect."""
        return care_region.startswith(filing_area(self.destination_region))

    def in_force(self, on: date) -> bool:
        """Tell whether the filing has effect on a day."""
        return (
            self.valid_from <= on
            and (self.valid_until is None or on <= self.valid_until)
            and (self.revoked_on is None or on < self.revoked_on)
        )

    def lives(self, on: date) -> bool:
        """Tell whether the filing has effect on a day or will have it later."""
        return self.revoked_on is None and (self.valid_until is None or on <= self.valid_until)
