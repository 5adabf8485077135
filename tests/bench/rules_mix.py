"""A realistic mix of claims of the three cities whose rules treat every type of care.

Visits as they are counted nationally: inpatient 5.1 %, ordinary outpatient 63.8 %, special
outpatient 4.4 %, pharmacy 26.7 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearing.benefits.claim import CareType, Filing, HospitalLevel, Scheme
from clearing.benefits.evaluators.batch import decide_columns
from clearing.benefits.evaluators.columns import Amounts, ClaimColumns, Coded
from clearing.benefits.evaluators.decisions import Account
from clearing.benefits.policy import Policy
from clearing.benefits.vocabulary import ADMISSIONS_ACCOUNT

REGIONS = ("990100", "980100", "970100")
CLAIMS_A_MEMBER = 8

_CARE_TYPES = (
    CareType.OUTPATIENT,
    CareType.OUTPATIENT_SPECIAL,
    CareType.INPATIENT,
    CareType.PHARMACY,
)
_SHARES = (0.638, 0.044, 0.051, 0.267)
_DEAREST_FEN = (60_000, 200_000, 5_000_000, 30_000)
_STAY, _STAY_DAYS = 2, 14
_IDENTITIES = ((), ("subsistence_allowance",), ("disabled_1", "veteran"))


@dataclass(frozen=True, slots=True)
class Mix:
    """Claims of one region: their columns, members, and some state of the accumulators."""

    policy: Policy
    columns: ClaimColumns
    members: NDArray[np.int64]
    accumulators: dict[Account, Amounts]


def mix(policy: Policy, count: int, seed: int) -> Mix:
    """Make claims of 2024 of one region, in no order."""
    rng = np.random.default_rng(seed)
    members = rng.integers(0, max(1, count // CLAIMS_A_MEMBER), count)
    columns = ClaimColumns.from_columns(dict(_parts(policy, members, rng)))
    met = decide_columns(policy, columns.take(slice(0, 50_000)), {})
    accounts = dict.fromkeys(account for accounts in met.accounts for account in accounts)
    used = {
        account: rng.integers(0, 3 if account[0] == ADMISSIONS_ACCOUNT else 500_000, count)
        for account in accounts
    }
    return Mix(policy, columns, members, used)


def _parts(
    policy: Policy, members: NDArray[np.int64], rng: np.random.Generator
) -> Iterator[tuple[str, Any]]:
    count, region = len(members), policy.region
    categories = [(s, category) for s in Scheme for category in policy.categories(s)]
    category = rng.integers(0, len(categories), int(members.max()) + 1)[members].astype(np.int8)
    care = rng.choice(len(_SHARES), count, p=_SHARES).astype(np.int8)
    day = np.datetime64("2024-01-01") + rng.integers(0, 366, count)
    stay = np.where(care == _STAY, rng.integers(0, _STAY_DAYS, count), 0)
    dearest = np.array(_DEAREST_FEN)[care]
    total = (rng.random(count) * dearest).astype(np.int64) + 1_000
    away = (region, f"{region[:4]}01", "310000", "440100", "110000")
    yield "insured_region", Coded(np.zeros(count, np.int8), (region,))
    yield "scheme", Coded(category, tuple(scheme for scheme, _ in categories))
    yield "category", Coded(category, tuple(name for _, name in categories))
    yield "birth_date", np.full(count, "1960-05-01", "datetime64[D]")
    yield "identities", _chosen(rng, count, _IDENTITIES, (0.95, 0.04, 0.01))
    yield "care_region", _chosen(rng, count, away, (0.6, 0.1, 0.1, 0.1, 0.1))
    yield "hospital_level", _chosen(rng, count, tuple(HospitalLevel), None)
    yield "care_type", Coded(care, _CARE_TYPES)
    yield "admitted_on", day - stay
    yield "discharged_on", day
    yield "filing", _chosen(rng, count, tuple(Filing), None)
    yield "selected_institution", _chosen(rng, count, (True, False), (0.8, 0.2))
    yield "total_fen", total
    yield "own_pay_fen", total // 20
    yield "over_limit_fen", total // 50
    yield "first_pay_fen", total // 30


def _chosen(rng: np.random.Generator, count: int, values: tuple[Any, ...], shares: Any) -> Coded:
    return Coded(rng.choice(len(values), count, p=shares).astype(np.int8), values)
