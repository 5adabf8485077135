"""Claims of single rules of the documents, each with the function that a person wrote for it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from clearing.benefits.claim import CareType, Claim, Decision, Filing, HospitalLevel, Scheme
from clearing.benefits.policies import Library
from clearing.benefits.policy import Policy
from tests.bench.child import BenchError
from tests.bench.rules_by_hand import ByHand

CLAIMS_OF_A_RULE = 2_000

_JIANGMEN = Claim(
    insured_region="440700",
    scheme=Scheme.EMPLOYEE,
    category="active",
    birth_date=date(1980, 5, 1),
    identities=(),
    care_region="440705",
    hospital_level=HospitalLevel.COMMUNITY,
    care_type=CareType.OUTPATIENT,
    admitted_on=date(2022, 7, 1),
    discharged_on=date(2022, 7, 1),
    filing=Filing.LOCAL,
    selected_institution=True,
    total_fen=20_000,
    own_pay_fen=0,
    over_limit_fen=0,
    first_pay_fen=0,
)
_SHANXI = replace(
    _JIANGMEN,
    insured_region="140300",
    scheme=Scheme.RESIDENT,
    category="adult",
    care_region="140302",
)
_FENGHUA = replace(
    _JIANGMEN,
    insured_region="330213",
    scheme=Scheme.RESIDENT,
    category="adult_a",
    care_region="310000",
    filing=Filing.REFERRAL,
    hospital_level=HospitalLevel.TERTIARY,
    care_type=CareType.INPATIENT,
    admitted_on=date(2020, 7, 1),
    discharged_on=date(2020, 7, 20),
    total_fen=40_000_000,
)

Used = Mapping[str, int]
Decide = Callable[[Claim, Used], Decision]


@dataclass(frozen=True, slots=True)
class SingleRule:
    """Claims of one rule, and the function that a person wrote for it."""

    name: str
    policy: Policy
    by_hand: Decide
    claims: Sequence[Claim]
    used: Used


def single_rules(library: Library, seed: int) -> list[SingleRule]:
    """Return random claims of three rules: a cap a month, one a day and a year, bands."""
    rng = random.Random(seed)
    used = {"outpatient/payment": 6_000, "inpatient/fees": 3_000_000}
    found = []
    for region, name, example in (
        ("440700", "jiangmen_outpatient", _JIANGMEN),
        ("140300", "shanxi_outpatient", _SHANXI),
        ("330213", "fenghua_inpatient", _FENGHUA),
    ):
        policy = library.policy(region)
        if policy is None:
            raise BenchError(f"there are no rules of {region}")
        by_hand: Decide = getattr(ByHand(policy.bundle_hash), name)
        dearest = example.total_fen
        claims = [
            replace(
                example,
                total_fen=rng.randint(1_000, dearest),
                own_pay_fen=rng.randint(0, 500),
                discharged_on=example.discharged_on + timedelta(days=rng.randint(0, 150)),
            )
            for _ in range(CLAIMS_OF_A_RULE)
        ]
        found.append(SingleRule(name, policy, by_hand, claims, used))
    return found
