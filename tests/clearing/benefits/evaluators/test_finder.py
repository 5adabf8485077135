"""A claim finds its cell by what the rules read, and nothing else of it matters."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from clearing.benefits.cell import Cell, resolve
from clearing.benefits.claim import CareType, Cause, Circumstances, Claim, Delivery
from clearing.benefits.evaluators.finder import decide_source
from clearing.benefits.facts import FACTS, facts_of
from clearing.benefits.keys_read import keys_read
from clearing.benefits.vocabulary import ADMISSIONS_ACCOUNT, DOMAINS
from tests.clearing.benefits.claims import library
from tests.clearing.benefits.histories import DOCUMENT_REGIONS, ILLUSTRATIVE_REGIONS, history


def test_every_key_of_the_vocabulary_is_read_somewhere() -> None:
    assert {fact.key for fact in FACTS} | {"stay", "admission"} == set(DOMAINS) | {"category"}


@pytest.mark.parametrize("region", [*DOCUMENT_REGIONS, *ILLUSTRATIVE_REGIONS])
def test_a_remembered_cell_is_what_the_rules_say_of_the_whole_claim(region: str) -> None:
    policy, rng = library().policy(region), random.Random(f"cells {region}")
    assert policy is not None
    for _ in range(250):
        for item in history(rng, region):
            item = in_circumstances(rng, item)
            stays = rng.choice((0, 1, 2, 3))
            counted = stays if item.care_type is CareType.INPATIENT else 0
            found = policy.cell(item, {ADMISSIONS_ACCOUNT: stays})
            day = policy.day_of(item)
            said = resolve(policy.rules, facts_of(item, counted), item.identities, day)
            assert decides(found) == decides(said), item


def in_circumstances(rng: random.Random, item: Claim) -> Claim:
    if rng.random() < 0.6:
        return item
    return replace(
        item,
        circumstances=Circumstances(
            cause=rng.choice(list(Cause)),
            delivery=rng.choice(list(Delivery)),
            special_disease=rng.random() < 0.5,
        ),
    )


def decides(cell: Cell) -> object:
    """Everything of a cell but the words of its steps."""
    return (
        cell.outcome, cell.code, cell.deciding, cell.edition, cell.ops, cell.accounts, cell.adds,
        cell.flags,
    )  # fmt: skip


def test_only_keys_that_some_rule_looks_at_are_read() -> None:
    policy = library().policy("440700")
    assert policy is not None
    assert "selected" in keys_read(policy.rules, CareType.OUTPATIENT)
    assert "filing" not in keys_read(policy.rules, CareType.OUTPATIENT)
    assert "claim.filing" not in decide_source(policy.rules)
