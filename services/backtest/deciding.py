"""Decide a whole claim set: each region's claims by its policy, each member's in order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.claim import Outcome
from clearing.benefits.claim_set import ClaimSet
from clearing.benefits.evaluators.batch import decide_chained
from clearing.benefits.evaluators.columns import ClaimColumns
from clearing.benefits.evaluators.decisions import OUTCOMES, DecisionColumns
from clearing.benefits.policies import Library
from clearing.benefits.policy import Policy
from clearing.benefits.steps.op import PAYING_FUNDS
from services.backtest.effect import Decided

Chained = Callable[[Policy, ClaimColumns, NDArray[np.int64], NDArray[np.int64]], DecisionColumns]
_NO_REGION: Final = "region_missing"


def decide_set(
    library: Library,
    claims: ClaimSet,
    members: NDArray[np.int64],
    *,
    only: Collection[str] | None = None,
    otherwise: Decided | None = None,
    chained: Chained = decide_chained,
) -> Decided:
    """Return the decision on every claim; what a region without rules decides is ``manual``.

    Claims of regions not in ``only`` keep the decisions of ``otherwise``.
    """
    result = _copied(otherwise) if otherwise is not None else _undecided(len(claims))
    codes = list(result.codes)
    for region, rows in claims.columns.by_region():
        if only is not None and region not in only:
            continue
        policy = library.policy(region)
        if policy is None:
            result.outcome[rows] = OUTCOMES.index(Outcome.MANUAL)
            result.code[rows] = _numbered(codes, _NO_REGION)
            result.by_fund[rows] = 0
            continue
        decided = chained(policy, claims.columns.take(rows), members[rows], claims.sequence[rows])
        result.outcome[rows] = decided.outcome
        numbers = np.array([_numbered(codes, code or "") for code in decided.codes], np.int32)
        result.code[rows] = numbers[decided.code]
        for i, fund in enumerate(PAYING_FUNDS):
            result.by_fund[rows, i] = decided.by_fund.get(fund, 0)
    return Decided(result.outcome, result.code, tuple(codes), result.by_fund)


def _undecided(size: int) -> Decided:
    return Decided(
        np.zeros(size, np.int8),
        np.zeros(size, np.int32),
        (),
        np.zeros((size, len(PAYING_FUNDS)), np.int64, order="F"),
    )


def _copied(decided: Decided) -> Decided:
    return Decided(
        decided.outcome.copy(), decided.code.copy(), decided.codes, decided.by_fund.copy(order="F")
    )


def _numbered(codes: list[str], code: str) -> int:
    if code not in codes:
        codes.append(code)
    return codes.index(code)
