"""Filing rules as data: parts of an edition, each with its source.

A region's edition may state some parts only; the rest come from the layer above for the same
days (the national notice from care of 2023 on).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pydantic import Field

from clearing.benefits.claim import Filing
from clearing.errors import RuleError
from clearing.filing.record import FilingCategory
from clearing.rule_fields import (
    CivilDate,
    Count,
    Flag,
    RegionCode,
    RuleModel,
    Source,
    Stated,
    Words,
)


class CategoryRule(Stated):
    """What a filing of some categories is worth and how long it lasts.

    ``acts_as`` is how a claim under it stands; ``valid_months`` absent is indefinite,
    ``lock_months`` absent is no lock.
    """

    categories: tuple[FilingCategory, ...]
    acts_as: Literal[Filing.LONG_TERM, Filing.REFERRAL, Filing.EMERGENCY, Filing.UNFILED]
    effective: Literal["at_once", "first_of_next_month"]
    valid_months: Count | None = None
    lock_months: Count | None = None


class Area(Stated):
    """Where a filing has effect; ``clearing.geography.filing_area`` computes it."""

    reach: Literal["prefecture_or_whole_province_area"]


class EmergencyCare(Stated):
    """How emergency care away from home without a filing stands."""

    treated_as: Literal[Filing.EMERGENCY, Filing.UNFILED]


class LateFiling(Stated):
    """Whether a filing completed after admission, before discharge, counts."""

    counts: Flag


class UnfiledCare(Stated):
    """Whether verified earlier records make a difference without a filing."""

    by_records: Flag


class CareAtHome(Stated):
    """What care at home is under a long-term filing.

    ``proof_first``: who filed on a commitment has both places only once the proof is in.
    """

    under_long_term: Literal["suspended", "both_places"]
    proof_first: Flag = False


class Renewal(Stated):
    """What an expired temporary filing needs to be renewed."""

    opinion_required: Flag


class Bounds(Stated):
    """What the layer above allows a region."""

    temporary_valid_months_min: Count
    long_term_lock_months_max: Count


PARTS = ("categories", "area", "emergency", "late_filing", "unfiled", "home", "renewal", "bounds")


class FilingEditionModel(RuleModel):
    """An edition as a file states it; parts left out come from the layer above."""

    name: Words
    from_: CivilDate = Field(alias="from")
    until: CivilDate | None = None
    source: Source
    categories: tuple[CategoryRule, ...] | None = None
    area: Area | None = None
    emergency: EmergencyCare | None = None
    late_filing: LateFiling | None = None
    unfiled: UnfiledCare | None = None
    home: CareAtHome | None = None
    renewal: Renewal | None = None
    bounds: Bounds | None = None


class FilingFileModel(RuleModel):
    """One ``filing.yaml``."""

    region: RegionCode
    illustrative: Flag = False
    inherits: RegionCode | None = None
    editions: tuple[FilingEditionModel, ...] = ()


@dataclass(frozen=True, slots=True)
class FilingEdition:
    """All parts that hold from ``from_`` through ``until`` (``None``: open)."""

    name: str
    from_: date
    until: date | None
    categories: tuple[CategoryRule, ...]
    area: Area
    emergency: EmergencyCare
    late_filing: LateFiling
    unfiled: UnfiledCare
    home: CareAtHome
    renewal: Renewal
    bounds: Bounds | None

    def category(self, category: FilingCategory) -> CategoryRule | None:
        """Return the rule of a category, ``None`` where the documents have none."""
        return next((rule for rule in self.categories if category in rule.categories), None)


@dataclass(frozen=True, slots=True)
class FilingRules:
    """A region's resolved filing rules: editions in order of date, without overlap."""

    region: str
    editions: tuple[FilingEdition, ...]
    content_hash: str
    _starts: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the first days of the editions for the search by date."""
        object.__setattr__(self, "_starts", tuple(edition.from_ for edition in self.editions))

    def edition(self, on: date) -> FilingEdition:
        """Return the edition of a day. Raises ``RuleError`` (``filing_edition_missing``)."""
        index = bisect_right(self._starts, on) - 1
        if index >= 0:
            edition = self.editions[index]
            if edition.until is None or on <= edition.until:
                return edition
        raise RuleError(
            "filing_edition_missing",
            f"the filing rules of {self.region} have no edition for {on}",
            f"{self.region} 的备案规则在 {on} 没有适用版本",
        )
