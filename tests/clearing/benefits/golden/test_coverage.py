"""No number and no condition of our rules can change unseen: some golden case fails then.

Every value of every table is changed by the least that is meaningful, every edition moved by a
day, every condition, exclusion, group and step taken out. What stays unseen is listed here with
its reason, and the list holds nothing that is seen after all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

import pytest

from adapters.files.region_files import RegionFiles
from clearing.benefits import schema
from clearing.benefits.claim import CareType, Scheme
from clearing.benefits.golden import CASE_FILES, check_cases, differences, read_cases
from clearing.benefits.golden.schema import Case
from clearing.benefits.loading import (
    NATIONAL,
    NATIONAL_FILE,
    build_policy,
    inherits,
    layered,
    parse_files,
    parse_layer,
)
from clearing.strict_yaml import Document, RuleDataError
from tests.clearing.benefits.claims import library
from tests.clearing.benefits.golden.changes import Change, changes
from tests.clearing.benefits.golden.unseen import UNSEEN
from tests.effort import thorough_only

FILES = RegionFiles()
NATION = parse_layer(FILES.texts(NATIONAL, (NATIONAL_FILE,)))
REGIONS = tuple(FILES.regions())
SMALL = ("970100", "330213")
"""Regions whose every change is tried in every run, and not only in a thorough one."""


@cache
def own_files(region: str) -> dict[str, Document]:
    return parse_files(FILES.texts(region, schema.FILES), region)


@cache
def cases_of(region: str) -> tuple[Case, ...]:
    read: list[Case] = []
    for name, text in FILES.texts(region, CASE_FILES).items():
        cases, findings = read_cases(region, name, text, library().categories)
        assert not findings
        read += cases
    return tuple(read)


def family(region: str) -> tuple[str, ...]:
    """The region and those that inherit from it: whose rules a change reaches."""
    heirs = [other for other in REGIONS if inherits(own_files(other)) == region]
    return (region, *heirs)


class Watch:
    """Tells whether a change is seen, asking first the cases near the one that saw the last."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._cases = {member: cases_of(member) for member in family(region)}
        self._seen_at = dict.fromkeys(self._cases, 0)

    def sees(self, change: Change) -> bool:
        document = own_files(self._region)[change.file]
        changed = Document(document.file, change.applied(document.data))
        files = {**own_files(self._region), change.file: changed}
        return any(self._sees(member, change, files) for member in self._cases)

    def _sees(self, member: str, change: Change, files: Mapping[str, Document]) -> bool:
        above = inherits(own_files(member))
        try:
            policy = build_policy(
                layered(files, layered(own_files(above), NATION) if above else NATION)
                if member == self._region
                else layered(own_files(member), layered(files, NATION))
            )
        except RuleDataError:
            return True  # it isn't even loaded
        cases, start = self._cases[member], self._seen_at[member]
        order = [*range(start, len(cases)), *range(start)]
        for i in order:
            if reaches(change, cases[i]) and any(differences(policy, [cases[i]])):
                self._seen_at[member] = i
                return True
        return False


def reaches(change: Change, case: Case) -> bool:
    """Whether the changed file has a say in a case: a care type's file only in its own visits."""
    care_type = change.file.removesuffix(".yaml")
    if care_type not in set(CareType):
        return True
    return any(visit.claim.care_type == care_type for visit in case.visits)


def begins_with_its_scheme(region: str, change: Change) -> bool:
    """Whether an edition is moved to a day before all that the region's documents treat.

    Nothing looks there: every claim of such a day ends before any table is asked.
    """
    if change.path[0] != "tables" or not change.said.endswith("-1 day"):
        return False
    policy = library().policy(region)
    assert policy is not None
    start = change.applied(own_files(region)[change.file].data)
    for part in change.path:
        start = start[part]
    return str(start) < min(span.from_.isoformat() for span in policy.rules.policy.schemes.values())


def changes_of(region: str) -> Iterator[Change]:
    for file, document in own_files(region).items():
        yield from changes(file, document.data, partial(domains_of, region))


def domains_of(region: str, scheme: str | None) -> Mapping[str, Sequence[str]]:
    policy = library().policy(region)
    assert policy is not None
    return policy.rules.keys.for_scheme(Scheme(scheme) if scheme else None)


@pytest.mark.parametrize("region", REGIONS)
def test_our_rules_give_our_cases(region: str) -> None:
    assert cases_of(region)
    assert check_cases(library(), region, FILES.texts(region, CASE_FILES)) == []


@pytest.mark.parametrize(
    "region", [pytest.param(each, marks=() if each in SMALL else thorough_only) for each in REGIONS]
)
def test_every_change_is_seen(region: str) -> None:
    watch = Watch(region)
    every = [c for c in changes_of(region) if not begins_with_its_scheme(region, c)]
    unseen = {str(change) for change in every if not watch.sees(change)}
    listed = {change for changes_, _ in UNSEEN.get(region, ()) for change in changes_}
    assert unseen == listed
    assert len(every) > len(listed)
