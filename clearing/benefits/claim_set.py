"""A claim set: many members' claims as columns, and in which order each member had them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.claim import Claim
from clearing.benefits.evaluators.columns import ClaimColumns, Coded


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """Claims with the member each is of, and its place among the member's claims.

    A member is known by insured region and ``member_id`` together. Of equal ``sequence`` the
    claim that stands first came first.
    """

    columns: ClaimColumns
    member_id: Coded
    sequence: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.columns)

    def members(self) -> NDArray[np.int64]:
        """Number the member of each claim, from 0."""
        regions = self.columns.coded["insured_region"]
        ids = _distinct(self.member_id)
        both = _distinct(regions).astype(np.int64) * (int(ids.max(initial=0)) + 1) + ids
        numbers: NDArray[np.int64] = np.unique(both, return_inverse=True)[1]
        return numbers

    def rows_of(self, row: int) -> NDArray[np.intp]:
        """Return the rows of the member who has the claim at ``row``, in their order."""
        regions = self.columns.coded["insured_region"]
        same = _equal(self.member_id, row) & _equal(regions, row)
        rows = np.flatnonzero(same)
        return rows[np.argsort(self.sequence[rows], kind="stable")]

    def member_at(self, row: int) -> str:
        """Return the id of the member who has the claim at ``row``."""
        member: str = self.member_id.values[self.member_id.codes[row]]
        return member


def claim_set_of(claims: Sequence[tuple[str, Claim]]) -> ClaimSet:
    """Make a set of (member id, claim) in order: for tests and small sets."""
    return ClaimSet(
        ClaimColumns.from_claims([claim for _, claim in claims]),
        Coded.of([member for member, _ in claims]),
        np.arange(len(claims), dtype=np.int64),
    )


def _distinct(column: Coded) -> NDArray[np.int64]:
    """Return one number for each distinct value; values of a column may repeat."""
    places: dict[str, int] = {}
    return column.mapped([places.setdefault(value, len(places)) for value in column.values])


def _equal(column: Coded, row: int) -> NDArray[np.bool_]:
    wanted = column.values[column.codes[row]]
    same: NDArray[np.bool_] = np.array([value == wanted for value in column.values])[column.codes]
    return same
