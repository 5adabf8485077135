"""A claim set of any size for measuring: seeded, skewed as claims are, written as columns.

The mix of care types is that of the first quarter of 2025 nation-wide; regions, groups, levels
and places are those of the corpus generator's profiles; a few members have many visits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.claim import CareType, Filing, HospitalLevel
from clearing.benefits.claim_set import ClaimSet
from clearing.benefits.evaluators.columns import ClaimColumns, Coded
from clearing.geography import is_home
from services.harness.generation.profiles import LEVELS, PROFILES, Group, Profile

Rows = NDArray[np.int64]
ItemT = TypeVar("ItemT")

MIX = {
    CareType.INPATIENT: 51,
    CareType.OUTPATIENT: 638,
    CareType.OUTPATIENT_SPECIAL: 44,
    CareType.PHARMACY: 267,
}
"""Shares per 1,000 claims."""

_MEAN_FEN = {
    CareType.INPATIENT: 1_800_000,
    CareType.OUTPATIENT: 28_000,
    CareType.OUTPATIENT_SPECIAL: 150_000,
    CareType.PHARMACY: 19_000,
}
_SPREAD = np.array([18, 27, 35, 42, 50, 58, 67, 77, 89, 103, 120, 142, 172, 215, 290, 420])
_IDENTITIES: Mapping[tuple[str, ...], int] = {
    (): 88,
    ("subsistence_allowance",): 4,
    ("extreme_poverty",): 2,
    ("near_poverty",): 2,
    ("low_income_margin",): 2,
    ("entitled_group", "veteran"): 2,
}
_AWAY: Mapping[Filing, int] = {
    Filing.LONG_TERM: 40,
    Filing.REFERRAL: 30,
    Filing.EMERGENCY: 10,
    Filing.UNFILED_VERIFIED: 5,
    Filing.UNFILED: 15,
}
_VISITS = {(1, 1): 30, (2, 2): 20, (3, 3): 12, (4, 8): 20, (9, 20): 12, (21, 60): 5, (61, 200): 1}
"""How many claims a member has, by weight: from one to some chronically ill with many."""


def claim_set(size: int, seed: int) -> ClaimSet:
    """Return so many claims, the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    member = _members(rng, size)
    people = int(member.max()) + 1
    groups = [(profile, group) for profile in PROFILES for group in profile.groups]
    group = _weighted(rng, people, [_share(profile, each) for profile, each in groups])[member]
    care = _weighted(rng, size, list(MIX.values()))
    profiles = [profile for profile, _ in groups]
    discharged, admitted = _days(rng, profiles, group, care)
    care_region, filing = _places(rng, profiles, group)
    amounts = _amounts(rng, care)
    columns: dict[str, Coded | NDArray[Any]] = {
        "insured_region": Coded(group, tuple(profile.region for profile in profiles)),
        "scheme": Coded(group, tuple(each.scheme for _, each in groups)),
        "category": Coded(group, tuple(each.category for _, each in groups)),
        "birth_date": _births(rng, people, groups, member, group),
        "identities": _coded(rng, people, _IDENTITIES).take(member),
        "care_region": care_region,
        "hospital_level": _levels(rng, care),
        "care_type": Coded(care, tuple(MIX)),
        "admitted_on": admitted,
        "discharged_on": discharged,
        "filing": filing,
        "selected_institution": Coded(_weighted(rng, size, [10, 90]), (False, True)),
        **amounts,
    }
    ids = Coded(member, tuple(f"p{number:07d}" for number in range(people)))
    order = np.argsort(discharged, kind="stable")
    sequence = np.empty(size, np.int64)
    sequence[order] = np.arange(size)
    return ClaimSet(ClaimColumns.from_columns(columns), ids, sequence)


def _members(rng: np.random.Generator, size: int) -> Rows:
    """Return the member of each claim; the claims of all members are mixed."""
    kind = _weighted(rng, size, list(_VISITS.values()))
    least, most = np.array(list(_VISITS))[kind].T
    visits = rng.integers(least, most + 1)
    member = np.repeat(np.arange(size), visits)[:size]
    return rng.permutation(member)


def _share(profile: Profile, group: Group) -> int:
    total = sum(each.weight for each in profile.groups)
    return profile.weight * group.weight * 1_000 // total


def _weighted(rng: np.random.Generator, size: int, weights: Sequence[int]) -> Rows:
    ends = np.cumsum(np.array(weights, np.int64))
    drawn = rng.integers(0, int(ends[-1]), size)
    return np.searchsorted(ends, drawn, side="right").astype(np.int64)


def _coded(rng: np.random.Generator, size: int, weights: Mapping[ItemT, int]) -> Coded:
    return Coded(_weighted(rng, size, list(weights.values())), tuple(weights))


def _days(
    rng: np.random.Generator, profiles: Sequence[Profile], group: Rows, care: Rows
) -> tuple[NDArray[Any], NDArray[Any]]:
    first = np.array([profile.from_ for profile in profiles], "datetime64[D]")[group]
    last = np.array([profile.until for profile in profiles], "datetime64[D]")[group]
    discharged = first + rng.integers(0, (last - first).astype(np.int64) + 1)
    stay = np.where(care == list(MIX).index(CareType.INPATIENT), rng.integers(2, 18, len(care)), 0)
    return discharged, discharged - stay


def _births(
    rng: np.random.Generator,
    people: int,
    groups: Sequence[tuple[Profile, Group]],
    member: Rows,
    group: Rows,
) -> NDArray[Any]:
    first = np.array([date(each.born[0], 1, 1) for _, each in groups], "datetime64[D]")[group]
    years = np.array([each.born[1] - each.born[0] for _, each in groups])[group]
    share = rng.integers(0, 1_000, people)[member]
    births: NDArray[Any] = first + years * 365 * share // 1_000
    return births


def _places(
    rng: np.random.Generator, profiles: Sequence[Profile], group: Rows
) -> tuple[Coded, Coded]:
    """Return care regions and filings: half of the care is away from home."""
    regions = sorted({place for each in profiles for place in (*each.home, *each.away)})
    size = len(group)
    away = _weighted(rng, size, [50, 50])
    lots = rng.integers(0, 1 << 20, size)
    place = np.zeros(size, np.int64)
    filing = np.zeros(size, np.int64)
    filings = (Filing.LOCAL, *_AWAY)
    filed = _weighted(rng, size, list(_AWAY.values())) + 1
    for number, profile in enumerate(profiles):
        for side, choices in enumerate((profile.home, profile.away)):
            rows = np.flatnonzero((group == number) & (away == side))
            chosen = np.array([regions.index(each) for each in choices])[lots[rows] % len(choices)]
            place[rows] = chosen
            home = np.array([is_home(profile.region, each) for each in regions])[chosen]
            filing[rows] = np.where(home, 0, filed[rows])
    return Coded(place, tuple(regions)), Coded(filing, filings)


def _levels(rng: np.random.Generator, care: Rows) -> Coded:
    levels = list(HospitalLevel)
    chosen = np.zeros(len(care), np.int64)
    for number, care_type in enumerate(MIX):
        rows = np.flatnonzero(care == number)
        weights = LEVELS[care_type]
        places = np.array([levels.index(level) for level in weights])
        chosen[rows] = places[_weighted(rng, len(rows), list(weights.values()))]
    return Coded(chosen, tuple(levels))


def _amounts(rng: np.random.Generator, care: Rows) -> dict[str, NDArray[np.int64]]:
    size = len(care)
    mean = np.array(list(_MEAN_FEN.values()), np.int64)[care]
    step = rng.integers(0, len(_SPREAD) - 1, size)
    factor = rng.integers(_SPREAD[step] * 1_000, _SPREAD[step + 1] * 1_000)
    total = mean * factor // 100_000
    shares = [rng.integers(0, most, size) for most in (60, 20, 120)]
    parts = [total * share // 1_000 for share in shares]
    names = ("own_pay_fen", "over_limit_fen", "first_pay_fen")
    return {"total_fen": total, **dict(zip(names, parts, strict=True))}
