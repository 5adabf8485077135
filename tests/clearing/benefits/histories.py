"""Random claims and histories of members, for every region with rules."""

from __future__ import annotations

import random
from datetime import date, timedelta

from clearing.benefits.claim import (
    IDENTITIES,
    ORDINARY,
    CareType,
    Cause,
    Circumstances,
    Claim,
    Delivery,
    Filing,
    HospitalLevel,
    Scheme,
)
from clearing.geography import is_home
from clearing.money import MAX_AMOUNT_FEN
from tests.clearing.benefits.claims import library

DOCUMENT_REGIONS = ("330213", "440700", "140000", "140100", "140300", "150623")
ILLUSTRATIVE_REGIONS = ("990100", "980100", "970100")
ELSEWHERE = ("310000", "330100", "330299", "440799", "440100", "140399", "140199", "810000")

YEARS = {
    "330213": (2020,),
    "440700": (2022, 2023),
    "140000": (2021, 2022),
    "140100": (2021, 2022),
    "140300": (2021, 2022),
    "150623": (2025,),
}
EDGES_FEN = (0, 1, 120_000, 120_001, 300_000, 400_000, 4_000_000, 4_000_001, 4_120_000,
             20_000_000, 30_000_000, 30_000_001, MAX_AMOUNT_FEN)  # fmt: skip


def history(rng: random.Random, region: str) -> list[Claim]:
    """Claims of one member in one region, in order of discharge."""
    scheme = rng.choice(list(Scheme))
    if region in ("330213", "150623") and rng.random() < 0.9:
        scheme = Scheme.RESIDENT
    category = rng.choice(library().categories(region, scheme))
    identities = tuple(sorted(rng.sample(IDENTITIES, rng.choice((0, 0, 0, 1, 2)))))
    year = rng.choice(YEARS.get(region, (2023, 2024)))
    care_regions = [rng.choice((region, region, rng.choice(ELSEWHERE))) for _ in range(2)]
    claims = [
        _claim(rng, region, scheme, category, identities, year, care_regions)
        for _ in range(rng.randint(1, 6))
    ]
    return sorted(claims, key=lambda claim: claim.discharged_on)


def _claim(
    rng: random.Random,
    region: str,
    scheme: Scheme,
    category: str,
    identities: tuple[str, ...],
    year: int,
    care_regions: list[str],
) -> Claim:
    care_type = rng.choices(list(CareType), (6, 2, 4, 1))[0]
    day = _day(rng, year)
    stay = rng.randint(0, 20) if care_type is CareType.INPATIENT else 0
    care_region = rng.choice(care_regions)
    home = is_home(region, care_region)
    filings = list(Filing) if home else [f for f in Filing if f is not Filing.LOCAL]
    filing = Filing.LOCAL if home and rng.random() < 0.7 else rng.choice(filings)
    level = rng.choice(list(HospitalLevel))
    if care_type is CareType.INPATIENT and rng.random() < 0.7:
        level = HospitalLevel.TERTIARY
    total = _amount(rng, care_type)
    parts = [rng.randint(0, total // 3) if rng.random() < 0.4 else 0 for _ in range(3)]
    return Claim(
        insured_region=region,
        scheme=scheme,
        category=category,
        birth_date=date(1960, 5, 1),
        identities=identities,
        care_region=care_region,
        hospital_level=level,
        care_type=care_type,
        admitted_on=day - timedelta(days=stay),
        discharged_on=day,
        filing=filing,
        selected_institution=rng.random() < 0.85,
        total_fen=total,
        own_pay_fen=parts[0],
        over_limit_fen=parts[1],
        first_pay_fen=parts[2],
        circumstances=_circumstances(rng, care_type, day - timedelta(days=stay), total),
        cap_increase_fen=rng.choice((0, 0, 100_000, 300_000)),
    )


def _circumstances(
    rng: random.Random, care_type: CareType, admitted_on: date, total: int
) -> Circumstances:
    chance = rng.random()
    if chance < 0.7:
        return ORDINARY
    if care_type is CareType.INPATIENT and chance < 0.76:
        born = admitted_on + timedelta(days=rng.choice((-1, 0)))
        return Circumstances(delivery=rng.choice(list(Delivery)[1:]), delivered_on=born)
    cause = rng.choice(list(Cause))
    partly = cause is Cause.THIRD_PARTY_PARTIAL
    return Circumstances(
        cause=cause,
        third_party_compensation_fen=rng.randint(1, total) if partly and total else 0,
        special_disease=care_type is CareType.INPATIENT and rng.random() < 0.3,
    )


def _day(rng: random.Random, year: int) -> date:
    chance = rng.random()
    if chance < 0.05:  # outside the documents' days, and at their ends
        return date(year, 1, 1) - timedelta(days=rng.randint(0, 400))
    if chance < 0.10:
        return date(year, 12, 31) + timedelta(days=rng.randint(0, 400))
    if chance < 0.20:
        return rng.choice((date(year, 1, 1), date(year, 6, 30), date(year, 7, 1),
                           date(year, 7, 31), date(year, 8, 1), date(year, 12, 31)))  # fmt: skip
    # Few days, so that several visits fall on the same day and month.
    return date(year, rng.choice((1, 3, 5, 9)), rng.choice((11, 15)))


def _amount(rng: random.Random, care_type: CareType) -> int:
    if rng.random() < 0.15:
        return rng.choice(EDGES_FEN)
    top = 45_000_000 if care_type in (CareType.INPATIENT, CareType.OUTPATIENT_SPECIAL) else 500_000
    return rng.randint(0, rng.choice((20_000, top // 10, top)))
