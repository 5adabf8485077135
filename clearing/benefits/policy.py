"""A region's policy, ready to decide claims."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta

from clearing.benefits.cell import Cell, Rules, resolve
from clearing.benefits.claim import CareType, Claim, Scheme
from clearing.benefits.vocabulary import (
    ADMISSIONS_ACCOUNT,
    admission_of,
    place_of,
    stay_of,
)

_MEMO = 20_000
"""Bound of each memory of a policy: what claims ask for beyond it is worked out anew."""

_CellKey = tuple[str | int | tuple[str, ...], ...]


class Policy:
    """The resolved rules of one region under one bundle hash; immutable for its users.

    ``canonical`` is the whole content that the hash covers, inheritance included:
    ``clearing.benefits.loading.policy_from_canonical`` makes the same policy of it.
    """

    def __init__(self, rules: Rules, canonical: str, bundle_hash: str) -> None:
        self._rules = rules
        self.canonical = canonical
        self.bundle_hash = bundle_hash
        self._by_discharge = rules.policy.basis == "discharge"
        self._boundaries = _boundaries(rules)
        self._cells: dict[_CellKey, Cell] = {}
        self._places: dict[str, str] = {}
        self._identities: dict[tuple[str, ...], tuple[str, ...]] = {}

    @property
    def region(self) -> str:
        """Region code."""
        return self._rules.region.region

    @property
    def name_zh(self) -> str:
        """Chinese name of the region."""
        return self._rules.region.name.zh

    @property
    def name_en(self) -> str:
        """English name of the region."""
        return self._rules.region.name.en

    @property
    def illustrative(self) -> bool:
        """Whether numbers here were made up for demonstration."""
        return self._rules.region.illustrative

    @property
    def illustrative_because(self) -> tuple[str, str] | None:
        """What was made up, in Chinese and English."""
        because = self._rules.region.illustrative_because
        return (because.zh, because.en) if because else None

    @property
    def rules(self) -> Rules:
        """The rules as read, for those who check or show them."""
        return self._rules

    def categories(self, scheme: Scheme) -> tuple[str, ...]:
        """Return the categories of members that a scheme has here."""
        return self._rules.keys.categories[scheme]

    def day_of(self, claim: Claim) -> date:
        """Return the day of a visit that chooses editions and benefit year."""
        return claim.discharged_on if self._by_discharge else claim.admitted_on

    @property
    def boundaries(self) -> tuple[date, ...]:
        """Days on which some table or span begins, or the day after one ends."""
        return self._boundaries

    def cell(self, claim: Claim, accumulators: Mapping[str, int]) -> Cell:
        """Return the cell of a claim; cells are made once and kept."""
        place = self._places.get(claim.care_region)
        if place is None:
            place = place_of(claim.insured_region, claim.care_region)
            if len(self._places) < _MEMO:
                self._places[claim.care_region] = place
        day = self.day_of(claim)
        inpatient = claim.care_type is CareType.INPATIENT
        stays = accumulators.get(ADMISSIONS_ACCOUNT, 0) if inpatient else 0
        special = claim.circumstances
        key: _CellKey = (
            claim.scheme,
            claim.care_type,
            claim.category,
            claim.hospital_level,
            claim.filing,
            place,
            claim.selected_institution,
            self._identity_classes(claim.identities),
            claim.admitted_on.year != claim.discharged_on.year,
            min(stays, 2),
            bisect_right(self._boundaries, day),
            special.cause,
            special.delivery,
            special.special_disease,
        )
        cell = self._cells.get(key)
        if cell is None:
            cell = resolve(self._rules, _facts(claim, place, stays), claim.identities, day)
            if len(self._cells) < _MEMO:
                self._cells[key] = cell
        return cell

    def _identity_classes(self, identities: tuple[str, ...]) -> tuple[str, ...]:
        classes = self._identities.get(identities)
        if classes is None:
            classes = self._rules.keys.identity_classes(identities)
            if len(self._identities) < _MEMO:
                self._identities[identities] = classes
        return classes


def _facts(claim: Claim, place: str, stays: int) -> dict[str, str]:
    return {
        "scheme": claim.scheme,
        "care_type": claim.care_type,
        "category": claim.category,
        "level": claim.hospital_level,
        "filing": claim.filing,
        "place": place,
        "selected": "yes" if claim.selected_institution else "no",
        "stay": stay_of(claim),
        "admission": admission_of(stays),
        "cause": claim.circumstances.cause,
        "delivery": claim.circumstances.delivery,
        "special_disease": "yes" if claim.circumstances.special_disease else "no",
    }


def _boundaries(rules: Rules) -> tuple[date, ...]:
    days: set[date] = set()
    for span in rules.policy.schemes.values():
        days.add(span.from_)
        if span.until is not None:
            days.add(span.until + timedelta(days=1))
    for tables in (rules.tables, *(care.tables for care in rules.care.values())):
        for table in tables.values():
            days.update(table.starts)
    return tuple(sorted(days))
