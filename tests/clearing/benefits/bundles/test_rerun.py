"""Running a year again: the same rules give the same, other rules what they would have given."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearing.benefits.adjudicate import adjudicate
from clearing.benefits.bundles.rerun import (
    ChainEntry,
    Remedy,
    added,
    difference_of,
    remedy_of,
    rerun,
)
from clearing.benefits.claim import Claim, Decision, Fund, Outcome
from clearing.errors import RuleError
from tests.clearing.benefits.claims import claim, library
from tests.clearing.benefits.histories import ILLUSTRATIVE_REGIONS, history
from tests.effort import examples


def decide(asked: Claim, before: Mapping[str, int]) -> Decision:
    return adjudicate(library().policy(asked.insured_region), asked, before)


@settings(max_examples=examples(60))
@given(seed=st.integers(0, 10**6), standing=st.sets(st.integers(0, 5)))
def test_under_the_same_rules_everything_comes_to_the_same(seed: int, standing: set[int]) -> None:
    rng = random.Random(seed)
    claims = history(rng, rng.choice(ILLUSTRATIVE_REGIONS))
    first_year = decide(claims[0], {}).benefit_year
    entries, expected, values = [], {}, dict[str, int]()
    for place, asked in enumerate(claims):
        decision = decide(asked, values)
        if decision.benefit_year != first_year:
            continue
        if place in standing:
            entries.append(ChainEntry(place, str(place), None, decision.additions))
        else:
            entries.append(ChainEntry(place, str(place), asked))
            expected[str(place)] = (dict(values), decision.outcome, dict(decision.by_fund))
        values = added(values, decision.additions)
    rng.shuffle(entries)
    again = {
        found.entry_id: (dict(found.before), found.outcome, dict(found.by_fund))
        for found in rerun(first_year, entries, decide)
    }
    assert again == expected


def test_rules_that_contradict_themselves_leave_it_to_a_person() -> None:
    def refuse(asked: Claim, before: Mapping[str, int]) -> Decision:
        raise RuleError("table_empty", "no row", "无匹配")

    asked = claim("990100", "100.00", on="2024-03-01")
    (found,) = rerun(2024, [ChainEntry(1, "a", asked)], refuse)
    assert (found.outcome, found.code, found.additions) == (Outcome.MANUAL, "table_empty", {})


def test_a_claim_that_moves_to_another_year_is_for_a_person() -> None:
    asked = claim("990100", "100.00", on="2024-03-01")
    (found,) = rerun(2023, [ChainEntry(1, "a", asked)], decide)
    assert (found.outcome, found.code) == (Outcome.MANUAL, "benefit_year_moves")


@pytest.mark.parametrize(
    ("old", "old_fen", "new", "new_fen", "remedy"),
    [
        (Outcome.PAID, {Fund.POOLED: 5}, Outcome.PAID, {Fund.POOLED: 5}, Remedy.NONE),
        (Outcome.PAID, {Fund.POOLED: 5}, Outcome.PAID, {Fund.POOLED: 6}, Remedy.REIMBURSE),
        (Outcome.PAID, {Fund.POOLED: 5}, Outcome.PAID, {Fund.POOLED: 4}, Remedy.RECOVER),
        (Outcome.PAID, {Fund.POOLED: 5}, Outcome.PAID, {Fund.OTHER: 5}, Remedy.BETWEEN_FUNDS),
        (Outcome.PAID, {Fund.POOLED: 5}, Outcome.REFUSED, {}, Remedy.RECOVER),
        (Outcome.PAID, {Fund.POOLED: 5}, Outcome.MANUAL, {}, Remedy.PERSON),
        (Outcome.REFUSED, {}, Outcome.PAID, {Fund.POOLED: 5}, Remedy.REIMBURSE),
        (Outcome.REFUSED, {}, Outcome.REFUSED, {}, Remedy.NONE),
        (Outcome.MANUAL, {}, Outcome.PAID, {Fund.POOLED: 5}, Remedy.CASE),
        (Outcome.MANUAL, {}, Outcome.REFUSED, {}, Remedy.CASE),
        (Outcome.MANUAL, {}, Outcome.MANUAL, {}, Remedy.NONE),
    ],
)
def test_what_is_to_be_done_about_a_difference(
    old: Outcome,
    old_fen: dict[Fund, int],
    new: Outcome,
    new_fen: dict[Fund, int],
    remedy: Remedy,
) -> None:
    assert remedy_of(old, old_fen, new, new_fen) is remedy


def test_the_difference_is_told_by_fund() -> None:
    old, new = {Fund.POOLED: 100, Fund.BIG_ILLNESS: 40}, {Fund.POOLED: 130, Fund.MEDICAL_AID: 5}
    assert difference_of(old, new) == {
        Fund.POOLED: 30,
        Fund.BIG_ILLNESS: -40,
        Fund.MEDICAL_AID: 5,
    }
