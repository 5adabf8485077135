"""What holds for every claim of every region, on random histories."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearing.benefits.claim import Claim, Decision, Fund
from clearing.money import MAX_AMOUNT_FEN
from tests.clearing.benefits.claims import claim, library
from tests.clearing.benefits.histories import DOCUMENT_REGIONS, ILLUSTRATIVE_REGIONS, history

REGIONS = (*DOCUMENT_REGIONS, *ILLUSTRATIVE_REGIONS)


def walk(region: str, seed: str, count: int) -> list[tuple[Claim, dict[str, int], Decision]]:
    """Decide random histories; every claim with the accumulators that it met."""
    rng = random.Random(f"{seed} {region}")
    met = []
    for _ in range(count):
        years: dict[int, dict[str, int]] = {}
        for item in history(rng, region):
            before = years.setdefault(item.discharged_on.year, {})
            decision = library().adjudicate(item, before)
            met.append((item, dict(before), decision))
            for name, amount in decision.additions.items():
                before[name] = before.get(name, 0) + amount
    return met


@pytest.mark.parametrize("region", REGIONS)
def test_amounts_stay_in_their_bounds(region: str) -> None:
    for item, _, decision in walk(region, "bounds", 400):
        assert 0 <= decision.fund_fen <= item.in_scope_fen
        assert all(amount > 0 for amount in decision.by_fund.values())
        assert 0 <= decision.deductible_fen <= item.in_scope_fen
        # Funds after the pooled one may pay of the deductible too.
        pooled = decision.by_fund.get(Fund.POOLED, 0)
        assert pooled + decision.deductible_fen <= item.in_scope_fen
        assert 0 <= decision.account_limit_fen <= item.total_fen - decision.fund_fen
        assert all(amount > 0 for amount in decision.additions.values())
        if decision.outcome != "paid":
            assert decision.code
            assert (decision.by_fund, decision.additions) == ({}, {})
            assert (decision.deductible_fen, decision.account_limit_fen) == (0, 0)
        else:
            assert decision.code is None


@pytest.mark.parametrize("region", REGIONS)
def test_explaining_changes_nothing_and_says_everything(region: str) -> None:
    for item, before, decision in walk(region, "explain", 150):
        told = library().adjudicate(item, before, explain=True)
        assert replace(told, explanation=()) == decision
        assert told.explanation
        last = told.explanation[-1]
        assert last.amount_fen == decision.fund_fen
        for step in told.explanation:
            assert step.rule_zh
            assert step.rule_en
            assert step.source
            assert step.edition or decision.outcome == "manual"


@pytest.mark.parametrize("region", [r for r in REGIONS if r not in ("140000", "150623")])
def test_more_cost_lowers_nobodys_part(region: str) -> None:
    rng = random.Random(f"monotone {region}")
    compared = 0
    for item, before, decision in walk(region, "monotone", 300):
        if decision.outcome != "paid":
            continue
        more = rng.choice((1, 1, 2, 99, rng.randint(1, 10_000_000)))
        if item.total_fen + more > MAX_AMOUNT_FEN:
            continue
        dearer = library().adjudicate(replace(item, total_fen=item.total_fen + more), before)
        assert decision.fund_fen <= dearer.fund_fen <= decision.fund_fen + more, item
        compared += 1
    assert compared > 100


@given(
    first=st.integers(0, 600_000),
    second=st.integers(0, 600_000),
    level=st.sampled_from(["community", "primary", "tertiary"]),
    care_type=st.sampled_from(["outpatient", "outpatient_special"]),
)
def test_two_visits_pay_what_one_of_both_would(
    first: int, second: int, level: str, care_type: str
) -> None:
    visit = claim("330213", "0.00", category="adult_a", level=level, care_type=care_type)
    one = library().adjudicate(replace(visit, total_fen=first), {})
    two = library().adjudicate(replace(visit, total_fen=second), one.additions)
    both = library().adjudicate(replace(visit, total_fen=first + second), {})
    assert abs(one.fund_fen + two.fund_fen - both.fund_fen) <= 1  # each is rounded once


@given(totals=st.lists(st.integers(0, 200_000), min_size=1, max_size=8))
def test_a_reversal_takes_back_exactly_what_was_added(totals: list[int]) -> None:
    visit = claim("140300", "0.00", on="2021-09-01")
    used: dict[str, int] = {}
    done = []
    for total in totals:
        decision = library().adjudicate(replace(visit, total_fen=total), used)
        done.append(decision)
        for name, amount in decision.additions.items():
            used[name] = used.get(name, 0) + amount
    assert used.get("outpatient/payment", 0) == sum(decision.fund_fen for decision in done)
    for decision in done:
        for name, amount in decision.additions.items():
            used[name] -= amount
    assert not any(used.values())


@given(total=st.integers(0, MAX_AMOUNT_FEN))
def test_a_fund_is_rounded_half_up_once(total: int) -> None:
    visit = claim("330213", "0.00", category="adult_b", level="secondary")
    decision = library().adjudicate(replace(visit, total_fen=total), {})
    counted = min(total, 300_000)
    assert decision.fund_fen == (counted * 35 + 50) // 100
