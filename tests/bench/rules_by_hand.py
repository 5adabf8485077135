"""Three rules of the documents as one would write them by hand, quick and for nothing else.

Each takes what the engine takes and makes what it makes; what another rule would decide is
refused here with ``LookupError``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from clearing.benefits.claim import (
    CareType,
    Claim,
    Decision,
    Filing,
    Fund,
    HospitalLevel,
    Outcome,
    Scheme,
)

_LOW = frozenset({HospitalLevel.COMMUNITY, HospitalLevel.UNRATED, HospitalLevel.PRIMARY})
_JULY_2022, _YEAR_2023 = date(2022, 7, 1), date(2023, 1, 1)
_AUGUST_2021 = date(2021, 8, 1)


class ByHand:
    """The rules, under one bundle hash."""

    def __init__(self, bundle_hash: str) -> None:
        self._hash = bundle_hash

    def jiangmen_outpatient(self, claim: Claim, used: Mapping[str, int]) -> Decision:
        """Employees of 440700: a ratio by level, a cap a month."""
        if claim.scheme is not Scheme.EMPLOYEE or claim.care_type is not CareType.OUTPATIENT:
            raise LookupError
        day = claim.discharged_on
        if day < _JULY_2022 or not claim.selected_institution:
            raise LookupError
        if claim.care_region[:4] != "4407":
            raise LookupError
        low = claim.hospital_level in _LOW
        ratio, cap = (75, 8_000) if low else (60, 7_000)
        if day >= _YEAR_2023:
            cap = 8_500 if low else 7_500
        if claim.category == "retired":
            ratio += 5
        name = ("outpatient/level_1/" if low else "outpatient/level_2_3/") + day.isoformat()[:7]
        cost = claim.total_fen - claim.own_pay_fen - claim.over_limit_fen - claim.first_pay_fen
        fund = (cost * ratio + 50) // 100
        left = cap - used.get(name, 0)
        if fund > left:
            fund = left if left > 0 else 0
        by_fund = {Fund.POOLED: fund} if fund else {}
        added = {name: fund} if fund else {}
        return Decision(Outcome.PAID, None, (), by_fund, 0, 0, day.year, added, self._hash)

    def shanxi_outpatient(self, claim: Claim, used: Mapping[str, int]) -> Decision:
        """Residents of 140300: 60 %, a cap a visit, a day and a year."""
        if claim.scheme is not Scheme.RESIDENT or claim.care_type is not CareType.OUTPATIENT:
            raise LookupError
        day = claim.discharged_on
        if claim.care_region[:2] != "14" or day < _AUGUST_2021:
            raise LookupError
        cost = claim.total_fen - claim.own_pay_fen - claim.over_limit_fen - claim.first_pay_fen
        today = "outpatient/payment/" + day.isoformat()
        left = min(5_000 - used.get(today, 0), 20_000 - used.get("outpatient/payment", 0), 5_000)
        fund = max(0, min((cost * 60 + 50) // 100, left))
        by_fund = {Fund.POOLED: fund} if fund else {}
        added = {today: fund, "outpatient/payment": fund} if fund else {}
        return Decision(Outcome.PAID, None, (), by_fund, 0, 0, day.year, added, self._hash)

    def fenghua_inpatient(self, claim: Claim, used: Mapping[str, int]) -> Decision:
        """Residents of 330213, first stay in a tertiary hospital: a deductible and two bands."""
        if claim.scheme is not Scheme.RESIDENT or claim.care_type is not CareType.INPATIENT:
            raise LookupError
        day = claim.discharged_on
        if day.year != 2020 or claim.admitted_on.year != 2020:
            raise LookupError
        if claim.hospital_level is not HospitalLevel.TERTIARY or used.get("inpatient/admissions"):
            raise LookupError
        ratio, cap = 70, 30_000_000
        if claim.category == "adult_b":
            ratio, cap = 65, 20_000_000
        elif claim.category == "child_or_student":
            ratio = 80
        if claim.care_region[:4] != "3302":
            if claim.filing is Filing.REFERRAL:
                ratio -= 10
            elif claim.filing is Filing.UNFILED_VERIFIED:
                ratio -= 20
            else:
                raise LookupError
        elif claim.filing is Filing.LONG_TERM:
            raise LookupError
        total = claim.total_fen
        cost = total - claim.own_pay_fen - claim.over_limit_fen - claim.first_pay_fen
        before = used.get("inpatient/fees", 0)
        counted = max(0, min(cost, cap - before))
        deductible = min(counted, 120_000)
        low, high = before + deductible, before + counted
        first = max(0, min(high, 4_000_000) - low)
        second = max(0, high - max(low, 4_000_000))
        fund = (first * ratio + second * (ratio + 5) + 50) // 100
        added = {"inpatient/fees": cost} if cost else {}
        added["inpatient/admissions"] = 1
        return Decision(
            Outcome.PAID,
            None,
            ("prepayment_audit",) if total > 4_000_000 else (),
            {Fund.POOLED: fund} if fund else {},
            deductible,
            0,
            day.year,
            added,
            self._hash,
        )
