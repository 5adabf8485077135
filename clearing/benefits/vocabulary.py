"""The closed vocabulary in which rule data speaks about a claim.

A *key* is something discrete about a claim that a table may be keyed by and a condition may
test. Everything a rule may depend on apart from amounts and accumulators is one of these keys,
or a group that a region declares over one of them.
"""

from __future__ import annotations

from typing import Final

from clearing.benefits.claim import (
    IDENTITIES,
    CareType,
    Cause,
    Claim,
    Delivery,
    Filing,
    HospitalLevel,
    Scheme,
)
from clearing.geography import OUTSIDE_MAINLAND, is_home, same_province

HOME: Final = "home"
PROVINCE: Final = "province"
MAINLAND: Final = "mainland"
OUTSIDE: Final = "outside_mainland"

ADMISSIONS_ACCOUNT: Final = "inpatient/admissions"
"""Accumulator of the paid stays of a benefit year; the key ``admission`` reads it."""

IDENTITY_KEY: Final = "identities"
"""Many-valued, so it can't key a table itself: only a group over it can."""

DOMAINS: Final[dict[str, tuple[str, ...]]] = {
    "scheme": tuple(Scheme),
    "care_type": tuple(CareType),
    "level": tuple(HospitalLevel),
    "filing": tuple(Filing),
    "place": (HOME, PROVINCE, MAINLAND, OUTSIDE),
    "selected": ("yes", "no"),
    "stay": ("within_year", "over_year_end"),
    "admission": ("first", "second", "later"),
    "cause": tuple(Cause),
    "delivery": tuple(Delivery),
    "special_disease": ("yes", "no"),
}
"""Every key with all of its values; ``category`` comes on top, its values are the region's."""

EMPLOYEE_CATEGORIES: Final = ("active", "retired")
RESIDENT_CATEGORIES: Final = ("adult",)
"""A region that declares no categories of its own has these."""

KNOWN_IDENTITIES: Final = frozenset(IDENTITIES)


def place_of(insured_region: str, care_region: str) -> str:
    """Return where the care was, seen from the insured region."""
    if is_home(insured_region, care_region):
        return HOME
    if care_region[:2] in OUTSIDE_MAINLAND:
        return OUTSIDE
    return PROVINCE if same_province(insured_region, care_region) else MAINLAND


def admission_of(paid_stays: int) -> str:
    """Name the stay that follows ``paid_stays`` paid ones in the benefit year."""
    return DOMAINS["admission"][min(paid_stays, 2)]


def stay_of(claim: Claim) -> str:
    """Tell whether the visit reaches over the end of a year."""
    over = claim.admitted_on.year != claim.discharged_on.year
    return "over_year_end" if over else "within_year"
