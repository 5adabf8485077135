"""Which members gain and lose most, over all of their claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearing.benefits.claim_set import ClaimSet
from clearing.money import Fen
from services.backtest.effect import Decided, by_kind
from services.backtest.groups import Codes, counts, sums


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A member: how many claims, and what the funds pay for them before and after."""

    region: str
    member_id: str
    claims: int
    before_fen: Fen
    after_fen: Fen


def most_changed(
    claims: ClaimSet, member: Codes, before: Decided, after: Decided, count: int
) -> dict[str, Sequence[MemberChange]]:
    """Return so many of the ``winners`` and of the ``losers``, those with most to tell first.

    Among equals the member whose claim stands first in the set comes first.
    """
    size = int(member.max(initial=-1)) + 1
    old, new = sums(before.fund_fen, member, size), sums(after.fund_fen, member, size)
    visits = counts(member, size)
    first = np.full(size, len(claims), np.int64)
    np.minimum.at(first, member, np.arange(len(claims)))
    kinds = by_kind(before, after, member)
    regions = claims.columns.coded["insured_region"]
    found: dict[str, Sequence[MemberChange]] = {}
    for kind in ("winners", "losers"):
        numbers = np.flatnonzero(kinds[kind])
        order = np.lexsort((first[numbers], -np.abs((new - old)[numbers])))[:count]
        found[kind] = [
            MemberChange(
                regions.values[regions.codes[first[number]]],
                claims.member_at(int(first[number])),
                int(visits[number]),
                int(old[number]),
                int(new[number]),
            )
            for number in numbers[order]
        ]
    return found
