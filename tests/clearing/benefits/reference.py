"""The documents' rules once more, as plainly as they read, without the engine.

Amounts are ``Fraction`` of a yuan; only dates and codes are shared with the engine's claim. An
answer is outcome, fund, deductible and the amounts to remember for the year.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor

from clearing.benefits.claim import Claim

PAID, REFUSED, MANUAL = "paid", "refused", "manual"


@dataclass
class Year:
    """What one member has used in one benefit year."""

    fees: dict[str, Fraction] = field(default_factory=dict)
    paid: dict[str, Fraction] = field(default_factory=dict)
    stays: int = 0


@dataclass
class Answer:
    outcome: str
    fund: Fraction = Fraction(0)
    deductible: Fraction = Fraction(0)
    account: Fraction = Fraction(0)
    flags: tuple[str, ...] = ()
    quota: Fraction = Fraction(0)


def reference(c: Claim, year: Year) -> Answer:
    """Decide a claim by reading the documents; a paid one is added to ``year``."""
    answer = decided(c, year)
    if answer.outcome != REFUSED and treated(c):
        answer.flags = flags(c)
    return answer


def flags(c: Claim) -> tuple[str, ...]:
    raised = []
    if c.insured_region == "330213":  # S3:43
        injured = "injury" in c.circumstances.cause or "third" in c.circumstances.cause
        if injured or (c.care_type == "inpatient" and c.total_fen > 40_000_00):
            raised.append("prepayment_audit")
    elsewhere = c.care_region[:2] not in (c.insured_region[:2], "71", "81", "82")
    since_2023 = day_of(c) >= date(2023, 1, 1)  # the national notice
    if c.care_type == "inpatient" and elsewhere and since_2023 and c.total_fen > 30_000_00:
        raised.append("assistance_threshold")
    return tuple(raised)


def treated(c: Claim) -> bool:
    """Whether the documents of the region speak of the scheme on that day at all."""
    code, day, resident = c.insured_region, day_of(c), c.scheme == "resident"
    if code == "330213":
        return resident and day.year == 2020
    if code == "150623":
        return resident and day.year == 2025
    if code == "440700":
        return day >= date(2022, 1, 1)
    if code in ("140100", "140300"):
        return day >= (date(2021, 1, 1) if resident else date(2021, 8, 1))
    return False


def day_of(c: Claim) -> date:
    """A birth goes by its day (S3:153), everything else by the discharge."""
    return c.circumstances.delivered_on or c.discharged_on


def somebody_else(c: Claim) -> bool:
    """Whether somebody else may have to pay: only Otog says what then."""
    return c.circumstances.cause not in ("illness", "injury")


def decided(c: Claim, year: Year) -> Answer:
    code = c.insured_region
    if code == "330213":
        return fenghua(c, year)
    if code == "440700":
        return jiangmen(c, year)
    if code in ("140100", "140300"):
        return shanxi(c, year, Fraction(50 if code == "140100" else 60, 100))
    if code == "150623":
        others = ("work_injury", "third_party_full", "public_health")  # S0:24-29
        if treated(c) and (abroad(c) or c.circumstances.cause in others):
            return Answer(REFUSED)
    return Answer(MANUAL)


def abroad(c: Claim) -> bool:  # S0:30
    return c.care_region[:2] in ("71", "81", "82")


def fenghua(c: Claim, year: Year) -> Answer:
    if not treated(c):
        return Answer(MANUAL)
    home = c.care_region.startswith("3302")
    if abroad(c) or (home and c.filing == "long_term"):  # S3:134, S3:145
        return Answer(REFUSED)
    adult_b, child = c.category == "adult_b", c.category == "child_or_student"
    cost = in_scope(c)
    if c.care_type == "outpatient":
        if not home:
            return Answer(MANUAL if c.filing == "long_term" else REFUSED)
        if somebody_else(c):
            return Answer(MANUAL)
        by_level = {"community": (60, 50), "tertiary": (30, 20)}
        percent = by_level.get(c.hospital_level, (45, 35))[adult_b]
        cap = Fraction(3_000 if adult_b else 4_000)
        return Answer(PAID, cents(counted(year, "outpatient", cost, cap) * Fraction(percent, 100)))
    if somebody_else(c):
        return Answer(MANUAL)
    if c.care_type == "outpatient_special":
        minus = 0 if home else {"tertiary": 10, "secondary": 20}.get(c.hospital_level, 30)
        if not home and c.filing not in ("referral", "unfiled_verified"):
            return Answer(MANUAL)
        if not home and c.filing == "unfiled_verified":
            minus += 10
        percent = (80 if child else 70) - minus
        cap = Fraction(150_000 if adult_b else 250_000)
        return Answer(PAID, cents(counted(year, "special", cost, cap) * Fraction(percent, 100)))
    if c.care_type != "inpatient":
        return Answer(MANUAL)
    if c.circumstances.delivery != "none":  # S3:151
        flat = {"normal": 1_200, "assisted": 1_500, "caesarean": 2_000}
        return Answer(MANUAL, quota=Fraction(flat[c.circumstances.delivery]))
    if c.admitted_on.year != c.discharged_on.year:
        return Answer(MANUAL)
    special = c.circumstances.special_disease  # no deductible: S3:74-76
    if year.stays and not special:
        return Answer(MANUAL)
    if c.hospital_level != "tertiary" and not (special and c.hospital_level == "community"):
        return Answer(MANUAL)
    if home:
        minus = 0
    elif c.filing in ("referral", "unfiled_verified"):
        minus = 10 if c.filing == "referral" else 20
        minus += 20 if c.hospital_level == "community" else 0  # 30 points in place of 10
    else:
        return Answer(MANUAL)
    if c.hospital_level == "community":
        first = (85 if child else 75 if adult_b else 80) - minus
    else:
        first = (80 if child else 65 if adult_b else 70) - minus
    cap = Fraction(200_000 if adult_b else 300_000)
    before = min(year.fees.get("inpatient", Fraction(0)), cap)
    fees = counted(year, "inpatient", cost, cap)
    deductible = Fraction(0) if special else min(fees, Fraction(1_200))
    lower = max(Fraction(0), min(before + fees, Fraction(40_000)) - (before + deductible))
    upper = max(Fraction(0), before + fees - max(Fraction(40_000), before + deductible))
    year.stays += 1
    fund = lower * Fraction(first, 100) + upper * Fraction(first + 5, 100)
    return Answer(PAID, cents(fund), deductible)


def jiangmen(c: Claim, year: Year) -> Answer:
    day = day_of(c)
    if day < date(2022, 1, 1) or c.care_type != "outpatient":
        return Answer(MANUAL)
    if not c.care_region.startswith("4407"):
        return Answer(MANUAL)
    if not c.selected_institution:
        return Answer(REFUSED)
    if somebody_else(c):
        return Answer(MANUAL)
    new = day >= date(2022, 7, 1)
    low = c.hospital_level in ("community", "unrated", "primary")
    if c.scheme == "resident":
        if not low:
            return Answer(MANUAL)
        return Answer(PAID, cents(in_scope(c) * Fraction(75 if new else 70, 100)))
    retired = c.category == "retired"
    if retired and not new:
        return Answer(MANUAL)
    if new:
        percent, cap = (75, 80) if low else (60, 70)
        percent += 5 if retired else 0
    else:
        percent, cap = (70, 50) if low else (50, 40)
    if day >= date(2023, 1, 1):
        cap = 85 if low else 75
    month = f"{low} {day.year}-{day.month}"
    fund = min(cents(in_scope(c) * Fraction(percent, 100)), cap - year.paid.get(month, Fraction(0)))
    year.paid[month] = year.paid.get(month, Fraction(0)) + fund
    return Answer(PAID, fund)


def shanxi(c: Claim, year: Year, ratio: Fraction) -> Answer:
    inside = c.care_region.startswith("14")
    if c.care_type != "outpatient" or somebody_else(c):
        return Answer(MANUAL)
    if c.scheme == "employee":
        if inside or abroad(c) or c.discharged_on < date(2021, 8, 1):
            return Answer(MANUAL)
        return Answer(PAID, account=Fraction(c.total_fen, 100))
    if not inside or c.discharged_on < date(2021, 1, 1):
        return Answer(MANUAL)
    day = c.discharged_on.isoformat()
    today, so_far = year.paid.get(day, Fraction(0)), year.paid.get("year", Fraction(0))
    fund = min(cents(in_scope(c) * ratio), Fraction(50), 50 - today, 200 - so_far)
    year.paid[day], year.paid["year"] = today + fund, so_far + fund
    return Answer(PAID, fund)


def counted(year: Year, kind: str, cost: Fraction, cap: Fraction) -> Fraction:
    """The part of the cost that the year's cap on fees lets count."""
    before = year.fees.get(kind, Fraction(0))
    year.fees[kind] = before + cost
    return min(year.fees[kind], cap) - min(before, cap)


def in_scope(c: Claim) -> Fraction:
    return Fraction(c.total_fen - c.own_pay_fen - c.over_limit_fen - c.first_pay_fen, 100)


def cents(amount: Fraction) -> Fraction:
    """Half up to the 分."""
    return Fraction(floor(amount * 100 + Fraction(1, 2)), 100)
