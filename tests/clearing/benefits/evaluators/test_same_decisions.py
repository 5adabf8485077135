"""The interpreter, generated Python and the batch kernel decide every claim alike."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from clearing.benefits.adjudicate import account_name, adjudicate, interpret
from clearing.benefits.cell import Cell
from clearing.benefits.check.machine import batched, bends
from clearing.benefits.claim import Circumstances, Claim, Decision, Outcome
from clearing.benefits.evaluators.batch import decide_chained, decide_columns
from clearing.benefits.evaluators.columns import Amounts, ClaimColumns
from clearing.benefits.evaluators.decisions import Account, DecisionColumns
from clearing.benefits.policy import Policy
from clearing.benefits.vocabulary import ADMISSIONS_ACCOUNT
from clearing.money import MAX_AMOUNT_FEN
from tests.clearing.benefits.claims import library
from tests.clearing.benefits.histories import DOCUMENT_REGIONS, ILLUSTRATIVE_REGIONS, history

REGIONS = (*DOCUMENT_REGIONS, *ILLUSTRATIVE_REGIONS)
MEMBERS = 150
CELLS = 80
STATES = 3
"""Random states of the accumulators that each cell's breakpoints are tried with."""

Used = dict[str, int]


@pytest.mark.parametrize("region", REGIONS)
def test_histories_are_decided_alike(region: str) -> None:
    policy, rng = known(region), random.Random(f"alike {region}")
    claims, members, met, expected = [], [], [], []
    for member in range(MEMBERS):
        years: dict[int, Used] = {}
        for item in history(rng, region):
            before = years.setdefault(policy.day_of(item).year, {})
            decision = interpret(policy, item, before)
            assert adjudicate(policy, item, before) == decision
            claims.append(item)
            members.append(member)
            met.append(dict(before))
            expected.append(decision)
            for name, amount in decision.additions.items():
                before[name] = before.get(name, 0) + amount
    mixed = rng.sample(range(len(claims)), len(claims))
    columns = ClaimColumns.from_claims([claims[i] for i in mixed])
    given = books(policy, [claims[i] for i in mixed], [met[i] for i in mixed])
    wanted = [expected[i] for i in mixed]
    same(decide_columns(policy, columns, given), wanted)
    chained = decide_chained(
        policy, columns, np.array([members[i] for i in mixed]), np.array(mixed)
    )
    same(chained, wanted)


@pytest.mark.parametrize("region", REGIONS)
def test_breakpoints_are_decided_alike(region: str) -> None:
    policy, rng = known(region), random.Random(f"breakpoints {region}")
    claims, met = [], []
    for item, stays in one_of_each_cell(policy, region, rng):
        cell = policy.cell(item, {ADMISSIONS_ACCOUNT: stays})
        names = [account_name(prefix, per, item, policy) for prefix, per in cell.accounts]
        for amounts in states(cell, rng):
            used = dict(zip(names, amounts, strict=True))
            if stays or ADMISSIONS_ACCOUNT in names:
                used[ADMISSIONS_ACCOUNT] = stays
                amounts = [used[name] for name in names]
            for cost in costs(cell, amounts):
                claims.append(costing(item, cost))
                met.append(used)
    expected = [interpret(policy, item, used) for item, used in zip(claims, met, strict=True)]
    for item, used, decision in zip(claims, met, expected, strict=True):
        assert adjudicate(policy, item, used) == decision
    given = books(policy, claims, met)
    same(decide_columns(policy, ClaimColumns.from_claims(claims), given), expected)


def test_claims_without_columns_are_none() -> None:
    policy = known("990100")
    columns = ClaimColumns.from_claims([])
    assert len(decide_columns(policy, columns, {})) == 0
    assert len(decide_chained(policy, columns, np.zeros(0, np.int64))) == 0


def test_without_an_order_members_claims_come_as_they_stand() -> None:
    policy, rng = known("980100"), random.Random("standing")
    claims = [item for _ in range(40) for item in history(rng, "980100")]
    columns, member = ClaimColumns.from_claims(claims), np.zeros(len(claims), np.int64)
    years: dict[int, Used] = {}
    expected = []
    for item in claims:
        before = years.setdefault(policy.day_of(item).year, {})
        expected.append(interpret(policy, item, before))
        for name, amount in expected[-1].additions.items():
            before[name] = before.get(name, 0) + amount
    same(decide_chained(policy, columns, member), expected)
    backwards = np.arange(len(claims))[::-1].copy()
    reversed_ = decide_chained(policy, columns, member, backwards)
    assert [reversed_.decision(row) for row in range(len(claims))] != expected


def known(region: str) -> Policy:
    policy = library().policy(region)
    assert policy is not None
    return policy


def one_of_each_cell(policy: Policy, region: str, rng: random.Random) -> list[tuple[Claim, int]]:
    """Return a claim of each of many cells, with the paid stays that lead there."""
    found: dict[int, tuple[Claim, int]] = {}
    ended = 0
    for _ in range(4_000):
        for item in history(rng, region):
            stays = rng.choice((0, 0, 1, 2, 5))
            cell = policy.cell(item, {ADMISSIONS_ACCOUNT: stays})
            pays = cell.outcome is Outcome.PAID
            if id(cell) not in found and (pays or ended < CELLS // 4):
                found[id(cell)] = (item, stays)
                ended += not pays
        if len(found) >= CELLS:
            break
    assert len(found) >= 5
    return list(found.values())


def states(cell: Cell, rng: random.Random) -> list[list[int]]:
    """Return amounts used before: nothing, then near what the cell's constants are."""
    near = [each for op in cell.ops for each in op.constants if each <= MAX_AMOUNT_FEN] or [0]
    return [[0] * len(cell.accounts)] + [
        [max(0, rng.choice(near) * rng.choice((1, 1, 2)) // 2 + rng.choice((-1, 0, 1)))
         for _ in cell.accounts]
        for _ in range(STATES)
    ]  # fmt: skip


def costs(cell: Cell, used: Sequence[int]) -> list[int]:
    """Return the costs around which the cell's amounts bend, and where a flag is raised."""
    points = [0, 1, MAX_AMOUNT_FEN, *(above for _, above in cell.flags)]
    if cell.ops:
        points += bends(batched([(cell.ops, used)], cell.registers), 1).ravel().tolist()
    around = {point + near for point in points for near in (-1, 0, 1)}
    return sorted(each for each in around if 0 <= each <= MAX_AMOUNT_FEN)


def costing(item: Claim, cost: int) -> Claim:
    return replace(item, total_fen=cost, own_pay_fen=0, over_limit_fen=0, first_pay_fen=0)


def books(policy: Policy, claims: Sequence[Claim], met: Sequence[Used]) -> dict[Account, Amounts]:
    """Return what was used before as columns, one for each account that some cell has."""
    cells = [policy.cell(item, used) for item, used in zip(claims, met, strict=True)]
    accounts = {account for cell in cells for account in cell.accounts}
    accounts.add((ADMISSIONS_ACCOUNT, "year"))
    return {
        (prefix, per): np.array(
            [
                used.get(account_name(prefix, per, item, policy), 0)
                for item, used in zip(claims, met, strict=True)
            ],
            np.int64,
        )
        for prefix, per in accounts
    }


def same(got: DecisionColumns, expected: Sequence[Decision]) -> None:
    assert [got.decision(row) for row in range(len(got))] == expected
    assert got.fund_fen.tolist() == [decision.fund_fen for decision in expected]
    assert got.benefit_year.tolist() == [decision.benefit_year for decision in expected]


def test_circumstances_keep_their_columns() -> None:
    special = Circumstances(third_party_compensation_fen=123)
    rng = random.Random("columns")
    claims = [item for _ in range(20) for item in history(rng, "330213")]
    claims = [replace(item, circumstances=special, cap_increase_fen=7) for item in claims]
    assert ClaimColumns.from_claims(claims).claims() == claims
