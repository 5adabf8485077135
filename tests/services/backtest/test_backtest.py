"""A backtest, worked out by hand and held to the sums of its single claims."""

from __future__ import annotations

import json
import random
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest

from adapters.files.region_files import RegionFiles
from clearing.benefits.claim import Fund, Outcome
from clearing.benefits.claim_set import ClaimSet, claim_set_of
from clearing.benefits.overlay.overlay import Overlay, overlay_of
from clearing.benefits.policies import Library
from clearing.errors import InvariantBroken
from services.backtest import backtest as module
from services.backtest.backtest import Backtest, backtest
from services.backtest.checking import what_if_findings
from services.backtest.deciding import Chained
from services.backtest.groups import deciles
from services.backtest.largest import interpreted
from services.backtest.page import charts, grouped, page_of
from services.backtest.report import percent_of, report_of
from tests.clearing.benefits.claims import claim, library
from tests.clearing.benefits.histories import DOCUMENT_REGIONS, ILLUSTRATIVE_REGIONS, history
from tests.services.backtest.sequential import decide_one_by_one

OVERLAY = """\
what_if: {zh: 试算, en: a trial}
regions:
  "330213":
    inpatient:
      ratio:
        - from: 2020-01-01
          set:
            - category: adult_a
              level: tertiary
              bands: [{to: 40000.00, ratio: 75%}, {ratio: 80%}]
    policy:
      unfiled_points:
        - from: 2020-01-01
          set: [{where: away, filing: emergency, value: 0}]
  "440700":
    outpatient:
      monthly_cap:
        - from: 2022-07-01
          until: 2022-12-31
          set: [{tier: level_1, value: 60.00}]
"""


@cache
def _overlay() -> Overlay:
    return overlay_of(OVERLAY, "what-if.yaml")


@cache
def _changed() -> Library:
    return _overlay().policies(RegionFiles())


def _small() -> ClaimSet:
    stay = {"care_type": "inpatient", "own_pay": "500.00"}
    worker = {"scheme": "employee", "category": "active", "level": "primary"}
    return claim_set_of(
        [
            ("m1", claim("330213", "40000.00", category="adult_a", on="2020-08-01", **stay)),
            ("m2", claim("330213", "40000.00", category="adult_b", on="2020-08-01", **stay)),
            ("m3", claim("440700", "100.00", on="2022-08-01", **worker)),
            ("m3", claim("440700", "100.00", on="2022-08-09", **worker)),
            ("m3", claim("440700", "100.00", on="2023-01-09", **worker)),
            (
                "m4",
                claim(
                    "330213",
                    "40000.00",
                    category="adult_a",
                    on="2020-08-01",
                    care_region="310000",
                    filing="emergency",
                    **stay,
                ),
            ),
            ("m1", claim("110000", "100.00")),
        ]
    )


def _run(claims: ClaimSet, chained: Chained = decide_one_by_one, largest: int = 10) -> Backtest:
    words = _overlay().content.what_if
    return backtest(words, library(), _changed(), claims, largest=largest, chained=chained)


def test_an_effect_worked_out_by_hand() -> None:
    result = _run(_small())
    effect = result.effect
    # 26,810.00 → 28,725.00; 24,895.00 stays; 75 + 5 → 60 + 0; 75 stays; manual → 38,300 × 65 %
    before = 2_681_000 + 2_489_500 + 7_500 + 500 + 7_500
    after = 2_872_500 + 2_489_500 + 6_000 + 0 + 7_500 + 2_489_500
    assert (effect.total.before_fen, effect.total.after_fen) == (before, after)
    assert (effect.total.claims, effect.total.changed) == (7, 4)
    assert effect.by_fund == {Fund.POOLED: (before, after)}
    schemes = {each.name: each for each in effect.groups["scheme"]}
    assert schemes["employee"].change_fen == -2_000
    assert schemes["resident"].change_fen == 191_500 + 2_489_500
    members = {name: (group.members, group.change_fen) for name, group in effect.members.items()}
    assert members == {
        "winners": (1, 191_500),  # m1 of Fenghua; m1 of Beijing is another member
        "losers": (1, -2_000),
        "unchanged": (2, 0),
        "unclear": (1, 2_489_500),
    }
    most = {
        kind: [(each.member_id, each.region, each.claims, each.after_fen) for each in members]
        for kind, members in result.most_changed.items()
    }
    assert most == {
        "winners": [("m1", "330213", 1, 2_872_500)],
        "losers": [("m3", "440700", 3, 13_500)],
    }
    assert [
        (each.before, each.before_code, each.after, each.claims, each.before_fen, each.after_fen)
        for each in effect.outcomes
    ] == [(Outcome.MANUAL, "emergency_ratio_not_given", Outcome.PAID, 1, 0, 2_489_500)]


def test_the_largest_changes_come_with_both_explanations() -> None:
    changes = _run(_small()).largest
    assert [(each.row, each.change_fen) for each in changes] == [
        (6, 2_489_500),
        (1, 191_500),
        (3, -1_500),
        (4, -500),
    ]
    for each in changes:
        assert each.before.explanation
        assert each.after.explanation
        sources = {step.source for step in each.after.explanation}
        assert "illustrative" in sources


def test_regions_that_are_not_touched_are_not_decided_again() -> None:
    asked: list[str] = []

    def counting(policy, columns, members, order):  # type: ignore[no-untyped-def] # as Chained
        asked.append(policy.region)
        return decide_one_by_one(policy, columns, members, order)

    rng = random.Random(5)
    claims = claim_set_of(
        [(f"m{i}", each) for i in range(12) for each in history(rng, ("330213", "990100")[i % 2])]
    )
    result = _run(claims, chained=counting)
    assert sorted(asked) == ["330213", "330213", "990100"]
    assert {each.region: each.touched for each in result.regions} == {
        "330213": True,
        "990100": False,
    }


def _many(seed: int = 7, members: int = 70) -> ClaimSet:
    rng = random.Random(seed)
    regions = (*DOCUMENT_REGIONS, *ILLUSTRATIVE_REGIONS)
    mixed = [
        (f"m{i}", i, each) for i in range(members) for each in history(rng, rng.choice(regions))
    ]
    rng.shuffle(mixed)
    mixed.sort(key=lambda each: each[2].discharged_on)
    return claim_set_of([(name, each) for name, _, each in mixed])


def test_every_sum_is_the_sum_of_its_claims() -> None:
    claims = _many()
    effect = _run(claims).effect
    changed = _changed()
    change = cost = 0
    by_scheme: dict[str, int] = {}
    for row in range(len(claims)):
        sides = [
            next(one for at, one in interpreted(each, claims, row) if at == row)
            for each in (library(), changed)
        ]
        one = claims.columns.claim(row)
        difference = sides[1].fund_fen - sides[0].fund_fen
        change, cost = change + difference, cost + one.total_fen
        by_scheme[one.scheme] = by_scheme.get(one.scheme, 0) + difference
    assert change != 0
    assert (effect.total.change_fen, effect.total.cost_fen) == (change, cost)
    assert {each.name: each.change_fen for each in effect.groups["scheme"]} == by_scheme
    for rows in effect.groups.values():
        assert sum(each.change_fen for each in rows) == change
        assert sum(each.claims for each in rows) == len(claims)
    assert sum(group.change_fen for group in effect.members.values()) == change
    assert sum(after - before for before, after in effect.by_fund.values()) == change


def test_the_same_input_gives_the_same_bytes() -> None:
    first, second = _run(_many()), _run(_many())
    assert page_of(first) == page_of(second)
    assert json.dumps(report_of(first)) == json.dumps(report_of(second))


def test_the_page_needs_nothing_beside_it_and_escapes_what_it_is_given() -> None:
    claims = _small()
    wild = ClaimSet(
        claims.columns,
        type(claims.member_id)(
            claims.member_id.codes, ("<script>alert(1)</script>", "b", "c", "d")
        ),
        claims.sequence,
    )
    page = page_of(_run(wild))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http://www.w3.org/2000/svg" in page
    assert page.count("http") == page.count("http://www.w3.org/2000/svg")
    assert "href" not in page
    assert "src=" not in page
    for chart in charts(_run(claims)).values():
        assert ElementTree.fromstring(chart).tag.endswith("svg")


def test_findings_of_the_check_stand_on_the_page() -> None:
    result = backtest(
        _overlay().content.what_if,
        library(),
        _changed(),
        _small(),
        findings=("x:1: too much",),
        chained=decide_one_by_one,
    )
    assert "x:1: too much" in page_of(result)
    assert report_of(result)["findings"] == ["x:1: too much"]


def test_a_what_if_that_breaks_a_bound_says_so() -> None:
    bounds = RegionFiles().text("national/bounds.yaml")
    text = """\
what_if: {zh: 试, en: a trial}
regions:
  "980100":
    policy:
      remote_factor:
        - from: 2024-01-01
          set: [{where: away, filing: unfiled, value: 75%}]
"""
    changed = overlay_of(text, "what-if.yaml").policies(RegionFiles())
    findings = what_if_findings(library(), changed, bounds)
    assert any("lowered by 22 points" in finding for finding in findings), findings
    assert what_if_findings(library(), library(), bounds) == ()


def test_evaluators_that_differ_stop_the_backtest() -> None:
    def wrong(policy, columns, members, order):  # type: ignore[no-untyped-def] # as Chained
        decided = decide_one_by_one(policy, columns, members, order)
        decided.by_fund[Fund.POOLED][0] += 1
        return decided

    with pytest.raises(InvariantBroken, match="evaluators_differ"):
        _run(_small(), chained=wrong)


def test_an_overlay_without_effect_says_so() -> None:
    worker = {"scheme": "employee", "category": "active", "level": "primary"}
    result = _run(claim_set_of([("m", claim("440700", "10.00", on="2022-08-01", **worker))]))
    assert result.largest == []
    assert result.effect.total.changed == 0
    assert "无 / none" in page_of(result)


def test_a_set_without_claims_has_a_report() -> None:
    result = _run(claim_set_of([]))
    assert report_of(result)["total"]["claims"] == 0
    assert page_of(result)


def test_deciles_hold_equal_values_together() -> None:
    values = np.array([5, 5, 5, 5, 1, 9, 9, 9, 9, 9], np.int64)
    assert deciles(values).tolist() == [1, 1, 1, 1, 0, 5, 5, 5, 5, 5]
    assert deciles(np.arange(20, dtype=np.int64)).tolist() == [i // 2 for i in range(20)]


def test_numbers_are_grouped_for_readers() -> None:
    assert grouped("-1234567.05") == "-1,234,567.05"
    assert grouped("+0.05") == "+0.05"
    assert grouped(1000) == "1,000"


def test_percents_are_exact_to_two_decimals() -> None:
    assert percent_of(1, 3) == "+33.33%"
    assert percent_of(-2, 3) == "-66.67%"
    assert percent_of(5, 0) is None
    assert module.GROUPED_BY["scheme"] == "scheme"
