"""Columns of a claim set are decided as the interpreter decides them, one by one."""

from __future__ import annotations

import random

import numpy as np
import pytest

from adapters.files.region_files import RegionFiles
from clearing.benefits.claim_set import ClaimSet, claim_set_of
from clearing.benefits.overlay.overlay import overlay_of
from services.backtest.deciding import decide_set
from tests.bench.claim_sets import claim_set
from tests.clearing.benefits.claims import library
from tests.clearing.benefits.histories import DOCUMENT_REGIONS, ILLUSTRATIVE_REGIONS, history
from tests.services.backtest.sequential import decide_one_by_one
from tests.services.backtest.test_backtest import OVERLAY


@pytest.mark.parametrize("changed", [False, True])
def test_histories_of_all_regions(changed: bool) -> None:
    rng = random.Random(8)
    regions = (*DOCUMENT_REGIONS, *ILLUSTRATIVE_REGIONS)
    one_by_one = [(f"m{i}", each) for i in range(150) for each in history(rng, rng.choice(regions))]
    rng.shuffle(one_by_one)
    _same(claim_set_of(one_by_one), changed)


@pytest.mark.parametrize("changed", [False, True])
def test_a_claim_set_with_many_claims_of_some(changed: bool) -> None:
    _same(claim_set(2_000, 17), changed)


def _same(claims: ClaimSet, changed: bool) -> None:
    rules = library()
    if changed:
        rules = overlay_of(OVERLAY, "what-if.yaml").policies(RegionFiles())
    members = claims.members()
    ours = decide_set(rules, claims, members)
    theirs = decide_set(rules, claims, members, chained=decide_one_by_one)
    assert ours.outcome.tolist() == theirs.outcome.tolist()
    assert [ours.codes[i] for i in ours.code] == [theirs.codes[i] for i in theirs.code]
    assert np.array_equal(ours.by_fund, theirs.by_fund)
    assert ours.fund_fen.any()
