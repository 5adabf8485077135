"""The examples that the documents print, and vectors worked out of their rules, to the 分."""

from __future__ import annotations

from typing import Any

import pytest

from clearing.benefits.claim import Fund
from clearing.money import format_yuan, parse_yuan
from tests.clearing.benefits.claims import claim, library


def fund_of(region: str, total: str, **given: Any) -> str:
    before = given.pop("before", {})
    decision = library().adjudicate(claim(region, total, **given), before)
    assert decision.outcome == "paid", decision
    return format_yuan(decision.fund_fen)


@pytest.mark.parametrize(
    ("category", "level", "fund"),
    [
        ("adult_a", "secondary", "1800.00"),  # S3:86
        ("adult_b", "secondary", "1050.00"),  # S3:86
        ("adult_a", "tertiary", "1200.00"),
        ("adult_b", "tertiary", "600.00"),
        ("adult_a", "community", "2400.00"),
        ("adult_b", "community", "1500.00"),
        ("child_or_student", "unrated", "1800.00"),
    ],
)
def test_fenghua_outpatient(category: str, level: str, fund: str) -> None:
    assert fund_of("330213", "4500.00", category=category, level=level) == fund


@pytest.mark.parametrize(
    ("total", "adult_a", "adult_b"),
    [
        ("40000.00", "26810.00", "24895.00"),  # S3:88
        ("41000.00", "27535.00", "25570.00"),
        ("42000.00", "28285.00", "26270.00"),
        ("60000.00", "41785.00", "38870.00"),
    ],
)
def test_fenghua_inpatient_at_home(total: str, adult_a: str, adult_b: str) -> None:
    given = {"care_type": "inpatient", "own_pay": "500.00"}
    assert fund_of("330213", total, category="adult_a", **given) == adult_a
    assert fund_of("330213", total, category="adult_b", **given) == adult_b


@pytest.mark.parametrize(
    ("category", "filing", "fund"),
    [
        ("adult_a", "referral", "22980.00"),
        ("adult_a", "unfiled_verified", "19150.00"),
        ("adult_b", "referral", "21065.00"),
        ("adult_b", "unfiled_verified", "17235.00"),
    ],
)
def test_fenghua_inpatient_away(category: str, filing: str, fund: str) -> None:
    away = {"care_type": "inpatient", "own_pay": "500.00", "care_region": "310000"}
    assert fund_of("330213", "40000.00", category=category, filing=filing, **away) == fund


@pytest.mark.parametrize(
    ("on", "category", "level", "total", "fund"),
    [
        ("2022-06-15", "active", "primary", "100.00", "50.00"),
        ("2022-08-15", "active", "primary", "100.00", "75.00"),
        ("2022-08-15", "retired", "secondary", "150.00", "70.00"),
        ("2023-01-15", "active", "secondary", "150.00", "75.00"),
        ("2022-05-31", "active", "community", "100.00", "50.00"),
        ("2022-05-31", "active", "tertiary", "100.00", "40.00"),
        ("2022-12-31", "active", "unrated", "200.00", "80.00"),
        ("2023-01-01", "active", "unrated", "200.00", "85.00"),
    ],
)
def test_jiangmen_monthly_cap(on: str, category: str, level: str, total: str, fund: str) -> None:
    given = {"scheme": "employee", "category": category, "level": level, "on": on}
    assert fund_of("440700", total, **given) == fund


def test_jiangmen_residents_have_no_cap() -> None:
    assert fund_of("440700", "1000.00", level="primary", on="2022-06-30") == "700.00"
    assert fund_of("440700", "1000.00", level="primary", on="2022-07-01") == "750.00"


def test_jiangmen_keeps_an_account_for_each_tier_and_month() -> None:
    lower = claim("440700", "100.00", scheme="employee", category="active", level="primary",
                  on="2022-05-09")  # fmt: skip
    decision = library().adjudicate(lower, {})
    assert decision.additions == {"outpatient/level_1/2022-05": 5000}
    before = dict(decision.additions)
    assert library().adjudicate(lower, before).fund_fen == 0
    upper = claim("440700", "60.00", scheme="employee", category="active", on="2022-05-20")
    assert library().adjudicate(upper, before).fund_fen == 3000
    june = claim("440700", "20.00", scheme="employee", category="active", level="primary",
                 on="2022-06-01")  # fmt: skip
    assert library().adjudicate(june, before).fund_fen == 1400


def test_shanxi_visit_day_and_year_caps() -> None:
    assert fund_of("140300", "80.00", on="2021-05-01") == "48.00"
    used: dict[str, int] = {}
    paid = []
    for month in range(1, 7):
        visit = claim("140100", "120.00", on=f"2021-0{month}-10")
        decision = library().adjudicate(visit, used)
        for name, amount in decision.additions.items():
            used[name] = used.get(name, 0) + amount
        paid.append(decision.fund_fen)
    assert paid == [5000, 5000, 5000, 5000, 0, 0]


def test_shanxi_two_visits_of_a_day_share_fifty_yuan() -> None:
    morning = claim("140100", "60.00", on="2021-05-01")
    decision = library().adjudicate(morning, {})
    assert decision.fund_fen == 3000
    afternoon = claim("140100", "120.00", on="2021-05-01")
    assert library().adjudicate(afternoon, decision.additions).fund_fen == 2000


def test_shanxi_employees_outside_the_province_use_their_account() -> None:
    visit = claim("140100", "300.00", scheme="employee", category="active", own_pay="20.00",
                  care_region="410100", filing="unfiled", on="2021-08-01")  # fmt: skip
    decision = library().adjudicate(visit, {})
    assert (decision.outcome, decision.fund_fen) == ("paid", 0)
    assert decision.account_limit_fen == parse_yuan("300.00")
    assert dict(decision.additions) == {}


def test_special_outpatient_has_no_deductible_and_its_own_cap_on_fees() -> None:
    special = {"care_type": "outpatient_special", "category": "adult_b"}
    assert fund_of("330213", "160000.00", **special) == "105000.00"
    before = {"outpatient_special/fees": 14_990_000}
    assert fund_of("330213", "1000.00", before=before, **special) == "70.00"
    away = {**special, "care_region": "310000"}
    assert fund_of("330213", "1000.00", filing="referral", level="primary", **away) == "400.00"
    unfiled = {"filing": "unfiled_verified", "level": "secondary", **away}
    assert fund_of("330213", "1000.00", **unfiled) == "400.00"


def test_one_rounding_half_up_after_the_bands() -> None:
    # 1200.00 deductible; 38,800.00 at 70 % and 0.02 at 75 % is 27,160.015
    given = {"care_type": "inpatient", "category": "adult_a"}
    assert fund_of("330213", "40000.02", **given) == "27160.02"
    decision = library().adjudicate(claim("330213", "40000.02", **given), {})
    assert decision.by_fund == {Fund.POOLED: 2_716_002}
    assert decision.flags == ("prepayment_audit",)
