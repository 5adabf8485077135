"""All cells of a policy: every claim is in exactly one combination, and has its cell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearing.benefits.cell import resolve
from clearing.benefits.claim import CareType
from clearing.benefits.combinations import (
    CellIndex,
    Combination,
    combinations,
    identity_choices,
    indexes,
)
from clearing.benefits.vocabulary import DOMAINS, IDENTITY_KEY
from tests.clearing.benefits.claims import library
from tests.effort import examples, thorough_only

LARGEST = "990100"
REGIONS = [policy.region for policy in library().all_policies()]


@pytest.mark.parametrize(
    "region",
    [pytest.param(each, marks=thorough_only if each == "990100" else ()) for each in REGIONS],
)
def test_each_possible_claim_is_in_one_combination_only(region: str) -> None:
    policy = library().policy(region)
    assert policy is not None
    for index in indexes(policy):
        found = list(index)
        assert found
        for key in (*DOMAINS, "category"):
            assert all(combination.values[key] for combination in found)
        assert all(index.find(combination) is combination for combination in found)


@settings(max_examples=examples(200), deadline=None)
@given(data=st.data())
def test_a_claim_gets_the_cell_of_its_combination(data: st.DataObject) -> None:
    policy = library().policy(data.draw(st.sampled_from(["990100", "330213", "440700"])))
    assert policy is not None
    combination = data.draw(st.sampled_from(_of(policy.region)))
    facts = {
        key: str(data.draw(st.sampled_from(values)))
        for key, values in combination.values.items()
        if key != IDENTITY_KEY
    }
    if facts["place"] != "home" and facts["filing"] == "local":
        return  # no claim is filed as local away from home
    cell = resolve(policy.rules, facts, combination.identities, combination.from_)
    assert combination.cell is not None
    assert cell.ops == combination.cell.ops
    assert (cell.outcome, cell.code) == (combination.cell.outcome, combination.cell.code)


def test_days_are_cut_where_tables_change() -> None:
    policy = library().policy("440700")
    assert policy is not None
    days = {
        (found.from_.isoformat(), found.until and found.until.isoformat())
        for found in combinations(policy)
        if found.care_type is CareType.OUTPATIENT
    }
    assert days == {
        ("2022-01-01", "2022-06-30"),
        ("2022-07-01", "2022-12-31"),
        ("2023-01-01", None),
    }


def test_what_the_rules_do_not_ask_is_not_split() -> None:
    policy = library().policy("330213")
    assert policy is not None
    for found in combinations(policy):
        assert set(found.values["selected"]) == {"yes", "no"}
        assert found.contradiction is None


def test_identities_cover_every_combination_of_classes() -> None:
    policy = library().policy("990100")
    assert policy is not None
    classes = {policy.rules.keys.identity_classes(i) for i in identity_choices(policy.rules.keys)}
    assert len(classes) == 4 * 2 * 2


def test_nobody_is_filed_as_local_away_from_home() -> None:
    policy = library().policy("990100")
    assert policy is not None
    index: CellIndex = next(iter(indexes(policy)))
    at_home = next(c for c in index if c.facts["place"] == "home" and c.facts["filing"] == "local")
    assert index.find(at_home, place="province", filing="local") is None
    assert index.find(at_home, place="province", filing="referral") is not None


_FOUND = {p.region: list(combinations(p)) for p in library().all_policies()}


def _of(region: str) -> list[Combination]:
    return _FOUND[region]
