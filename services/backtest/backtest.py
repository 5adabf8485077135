"""A backtest from claim set to result: decide under both rules, sum up, explain the largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.claim_faults import VOCABULARIES
from clearing.benefits.claim_set import ClaimSet
from clearing.benefits.evaluators.batch import decide_chained
from clearing.benefits.evaluators.columns import Coded
from clearing.benefits.policies import Library
from clearing.benefits.policy import Policy
from clearing.benefits.schema import Bilingual
from services.backtest.deciding import Chained, decide_set
from services.backtest.effect import Decided, Effect, Grouping, effect_of
from services.backtest.largest import LargestChange, largest_changes
from services.backtest.members import MemberChange, most_changed

GROUPED_BY = {
    "scheme": "scheme",
    "level": "hospital_level",
    "filing": "filing",
    "care_type": "care_type",
    "region": "insured_region",
}
"""What the effect is told by, and the column of claims that says it; deciles come on top."""


@dataclass(frozen=True, slots=True)
class RegionRules:
    """The rules of an insured region with claims in the set, on both sides; ``None``: no rules."""

    region: str
    claims: int
    before: Policy | None
    after: Policy | None

    @property
    def touched(self) -> bool:
        """Whether the what-if changes this region's rules at all."""
        return _hash(self.before) != _hash(self.after)


@dataclass(frozen=True, slots=True)
class Backtest:
    """The result. ``findings`` are what a check of the changed rules would refuse them for."""

    what_if: Bilingual
    claims: int
    members: int
    regions: Sequence[RegionRules]
    effect: Effect
    largest: Sequence[LargestChange]
    most_changed: Mapping[str, Sequence[MemberChange]]
    findings: Sequence[str]

    @property
    def illustrative(self) -> bool:
        """Whether some of the rules as they stand are made up; a what-if always is."""
        return any(each.before is not None and each.before.illustrative for each in self.regions)


@dataclass(frozen=True, slots=True)
class BothDecided:
    """A claim set decided under the rules and under the what-if."""

    members: NDArray[np.int64]
    before: Decided
    after: Decided


def rules_of(claims: ClaimSet, before: Library, after: Library) -> Sequence[RegionRules]:
    """Return the rules of every insured region in the set, by code."""
    return [
        RegionRules(region, len(rows), before.policy(region), after.policy(region))
        for region, rows in claims.columns.by_region()
    ]


def decide_before(
    library: Library, claims: ClaimSet, chained: Chained = decide_chained
) -> tuple[NDArray[np.int64], Decided]:
    """Return the members' numbers and all decisions under the rules as they stand."""
    members = claims.members()
    return members, decide_set(library, claims, members, chained=chained)


def decide_after(
    library: Library,
    claims: ClaimSet,
    members: NDArray[np.int64],
    before: Decided,
    regions: Sequence[RegionRules],
    chained: Chained = decide_chained,
) -> Decided:
    """Return all decisions under the what-if.

    Only regions that it touches are decided again: the others' rules have the same hash.
    """
    touched = [each.region for each in regions if each.touched]
    return decide_set(library, claims, members, only=touched, otherwise=before, chained=chained)


def effect_on(claims: ClaimSet, decided: BothDecided) -> Effect:
    """Return the effect, told by everything in ``GROUPED_BY`` and by decile of total cost."""
    groupings = {
        name: _grouping(column, claims.columns.coded[column]) for name, column in GROUPED_BY.items()
    }
    cost_fen = claims.columns.amounts["total_fen"]
    return effect_of(decided.before, decided.after, cost_fen, decided.members, groupings)


def backtest(
    what_if: Bilingual,
    before: Library,
    after: Library,
    claims: ClaimSet,
    *,
    largest: int = 10,
    findings: Sequence[str] = (),
    chained: Chained = decide_chained,
) -> Backtest:
    """Decide a claim set under both and tell the effect; all of it exact."""
    regions = rules_of(claims, before, after)
    members, old = decide_before(before, claims, chained)
    new = decide_after(after, claims, members, old, regions, chained)
    return summed_up(
        what_if, (before, after), claims, BothDecided(members, old, new), regions, largest, findings
    )


def summed_up(
    what_if: Bilingual,
    libraries: tuple[Library, Library],
    claims: ClaimSet,
    decided: BothDecided,
    regions: Sequence[RegionRules],
    largest: int,
    findings: Sequence[str],
) -> Backtest:
    """Return the result of a set that is decided."""
    changes = largest_changes(libraries, claims, (decided.before, decided.after), largest)
    people = int(decided.members.max(initial=-1)) + 1
    effect = effect_on(claims, decided)
    most = most_changed(claims, decided.members, decided.before, decided.after, largest)
    return Backtest(what_if, len(claims), people, regions, effect, changes, most, findings)


def hashes(regions: Sequence[RegionRules]) -> Mapping[str, tuple[str, str]]:
    """Return both bundle hashes by region, ``""`` where there are no rules."""
    return {each.region: (_hash(each.before), _hash(each.after)) for each in regions}


def _hash(policy: Policy | None) -> str:
    return policy.bundle_hash if policy is not None else ""


def _grouping(name: str, column: Coded) -> Grouping:
    """Group by a column: in the vocabulary's order, or by name. Values may repeat in a column."""
    words = VOCABULARIES.get(name)
    names = (
        [str(word) for word in words] if words else sorted({str(value) for value in column.values})
    )
    return Grouping(names, column.mapped([names.index(str(value)) for value in column.values]))
