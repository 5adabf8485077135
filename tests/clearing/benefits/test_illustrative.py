"""The four adjustment operators and the fund cascade, worked out by hand."""

from __future__ import annotations

from typing import Any

from clearing.benefits.claim import Fund
from tests.clearing.benefits.claims import claim, library


def decide(region: str, total: str, **given: Any) -> Any:
    before = given.pop("before", {})
    given = {"care_type": "inpatient", "on": "2023-06-01", **given}
    decision = library().adjudicate(claim(region, total, **given), before)
    assert decision.outcome == "paid", decision
    return decision


AWAY = {"care_region": "310000", "filing": "referral"}


def test_subtract_points() -> None:
    # 40,000 − 1,200 = 38,800: 18,800 at 65−10 %, 20,000 at 70−10 %
    decision = decide("990100", "40000.00", **AWAY)
    assert decision.by_fund[Fund.POOLED] == 1_034_000 + 1_200_000
    # burden 40,000 − 22,340 = 17,660: above 16,000 at 60 %
    assert decision.by_fund[Fund.BIG_ILLNESS] == 99_600
    assert decision.deductible_fen == 120_000
    assert decision.additions["big_illness/burden"] == 1_766_000


def test_multiply_ratio() -> None:
    # 20,000 − 900: 9,100 at 60 × 0.9 %, 10,000 at 65 × 0.9 %
    decision = decide("980100", "20000.00", **AWAY)
    assert dict(decision.by_fund) == {Fund.POOLED: 491_400 + 585_000}


def test_raised_deductible() -> None:
    unfiled = {"scheme": "employee", "category": "active", "care_region": "310000"}
    # 1,800 − 900 × 2 leaves nothing; one yuan more is paid at 82 × 0.8 %
    nothing = decide("980100", "1800.00", filing="unfiled", **unfiled)
    assert Fund.POOLED not in nothing.by_fund
    assert nothing.deductible_fen == 180_000
    one_more = decide("980100", "1801.00", filing="unfiled", **unfiled)
    assert one_more.by_fund[Fund.POOLED] == 66  # 65.6 half up
    filed = decide("980100", "1801.00", filing="emergency", **unfiled)
    assert filed.deductible_fen == 90_000


def test_first_pay_share_before_the_deductible() -> None:
    # (10,000 × 0.9 − 1,500) × 65 %
    decision = decide("970100", "10000.00", **AWAY)
    assert decision.by_fund[Fund.POOLED] == 487_500


def test_first_pay_share_after_the_deductible() -> None:
    # (10,000 − 1,500) × 0.9 × 85 %
    decision = decide("970100", "10000.00", scheme="employee", category="active", **AWAY)
    assert decision.by_fund[Fund.POOLED] == 650_250


def test_a_first_pay_share_is_not_rounded_by_itself() -> None:
    # (100.01 × 0.9 − 0) × 60 % = 54.0054; rounding 90.009 first would give 54.006
    used = {"outpatient/resident/deductible": 15_000}
    given = {"care_type": "outpatient", "level": "community", "before": used}
    assert decide("970100", "100.01", **AWAY, **given).fund_fen == 5_401


def test_bands_go_on_where_the_last_stay_ended() -> None:
    first = decide("990100", "15000.00")
    assert first.by_fund[Fund.POOLED] == 897_000  # 13,800 at 65 %
    # second stay from 15,000: 600 deductible, 4,400 at 65 %, 5,000 at 70 %
    second = decide("990100", "10000.00", before=dict(first.additions))
    assert second.deductible_fen == 60_000
    assert second.by_fund[Fund.POOLED] == 286_000 + 350_000
    third = decide("990100", "1000.00", before={"inpatient/admissions": 2})
    assert third.deductible_fen == 0


def test_the_cascade_of_funds() -> None:
    decision = decide("990100", "100000.00", own_pay="10000.00",
                      identities=("subsistence_allowance", "veteran"))  # fmt: skip
    pooled = 1_222_000 + 4_900_000  # 18,800 at 65 %, 70,000 at 70 %
    burden = 9_000_000 - pooled
    big_illness = (burden - 800_000) * 65 // 100
    aid = (burden - big_illness) * 70 // 100
    rest = burden - big_illness - aid
    assert dict(decision.by_fund) == {
        Fund.POOLED: pooled,
        Fund.BIG_ILLNESS: big_illness,
        Fund.MEDICAL_AID: aid,
        Fund.OTHER: (rest * 30 + 50) // 100,
    }
    assert decision.account_limit_fen == 0


def test_caps_on_payment_and_what_comes_after_them() -> None:
    near = {"inpatient/pooled_payment": 14_990_000, "inpatient/admissions": 2}
    decision = decide("990100", "50000.00", before=near)
    assert decision.by_fund[Fund.POOLED] == 10_000
    assert decision.by_fund[Fund.BIG_ILLNESS] == (5_000_000 - 10_000 - 1_600_000) * 60 // 100


def test_employees_have_an_account() -> None:
    visit = {"care_type": "pharmacy", "scheme": "employee", "category": "retired"}
    decision = decide("990100", "80.00", **visit)
    assert (decision.fund_fen, decision.account_limit_fen) == (0, 8_000)


def test_a_year_is_the_year_of_discharge() -> None:
    stay = {"admitted_on": "2023-12-28", "on": "2024-01-03"}
    assert decide("990100", "5000.00", **stay).benefit_year == 2024


def test_care_outside_the_mainland_is_refused() -> None:
    abroad = claim("990100", "500.00", care_region="810000", filing="emergency", on="2023-06-01")
    decision = library().adjudicate(abroad, {})
    assert (decision.outcome, decision.code) == ("refused", "care_outside_mainland")
