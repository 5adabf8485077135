"""The engine against an independent calculation of the same documents."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import pytest

from clearing.benefits.claim import Claim
from tests.clearing.benefits.claims import library
from tests.clearing.benefits.histories import DOCUMENT_REGIONS, history
from tests.clearing.benefits.reference import PAID, Year, day_of, reference


@pytest.mark.parametrize("region", DOCUMENT_REGIONS)
def test_histories_come_out_the_same(region: str) -> None:
    rng = random.Random(f"reference {region}")
    outcomes: Counter[str] = Counter()
    for _ in range(1_500):
        used: dict[int, dict[str, int]] = {}
        years: dict[int, Year] = {}
        for claim in history(rng, region):
            outcomes[_compare(claim, used, years)] += 1
    if region == "140000":
        assert set(outcomes) == {"manual"}
    elif region == "150623":
        assert set(outcomes) == {"manual", "refused"}
    else:
        assert outcomes["paid"] > 300
        assert outcomes["manual"] > 300


def _compare(claim: Claim, used: dict[int, dict[str, int]], years: dict[int, Year]) -> str:
    year = day_of(claim).year
    expected = reference(claim, years.setdefault(year, Year()))
    before = used.setdefault(year, {})
    decision = library().adjudicate(claim, before)
    got = (decision.outcome, _yuan(decision.fund_fen), _yuan(decision.deductible_fen))
    assert got == (expected.outcome, expected.fund, expected.deductible), (claim, decision)
    assert _yuan(decision.account_limit_fen) == expected.account
    assert decision.flags == expected.flags
    assert _yuan(decision.quota_fen) == expected.quota
    assert decision.benefit_year == year
    if expected.outcome != PAID:
        assert not decision.additions
        assert decision.code
    for name, amount in decision.additions.items():
        before[name] = before.get(name, 0) + amount
    return decision.outcome.value


def _yuan(amount_fen: int) -> Fraction:
    return Fraction(amount_fen, 100)
