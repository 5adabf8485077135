"""Pages for tests: a claim of tests/clearing/benefits/claims.py, decided and explained."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from clearing.benefits.adjudicate import adjudicate
from clearing.benefits.claim import Claim
from services.explaining.build import page_of
from services.explaining.matter import matter_of_claim
from services.explaining.page import Page
from services.explaining.reference import Reference, packaged_or
from tests.clearing.benefits.claims import claim, library


@cache
def reference() -> Reference:
    return packaged_or(None, library())


def page(asked: Claim, before: Mapping[str, int] | None = None) -> Page:
    policy = library().policy(asked.insured_region)
    decision = adjudicate(policy, asked, before or {}, explain=True)
    illustrative = policy is not None and policy.illustrative
    return page_of(matter_of_claim(asked, before or {}, decision, illustrative), reference())


def worked_example() -> Page:
    """Fenghua, adult A, on referral in Shanghai (S3:88)."""
    return page(
        claim(
            "330213", "40000.00", own_pay="500.00", care_type="inpatient", category="adult_a",
            care_region="310000", filing="referral", admitted_on="2020-05-20",
        )
    )  # fmt: skip


def three_funds() -> Page:
    """City A: the pooled fund up to its cap, then big illness, medical aid and a supplement."""
    return page(
        claim(
            "990100", "300000.00", own_pay="1100.00", first_pay="2000.00", over_limit="30.00",
            on="2024-08-01", care_type="inpatient", care_region="310000", filing="referral",
            identities=("subsistence_allowance", "veteran"),
        ),
        {"inpatient/fees": 100_000},
    )  # fmt: skip
