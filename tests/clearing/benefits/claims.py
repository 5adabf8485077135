"""Claims for tests, written shortly: amounts in yuan as text, everything else with a default."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from adapters.files.region_files import RegionFiles
from clearing.benefits.claim import (
    CareType,
    Cause,
    Circumstances,
    Claim,
    Delivery,
    Filing,
    HospitalLevel,
    Scheme,
)
from clearing.benefits.policies import Library
from clearing.money import parse_yuan


@cache
def library() -> Library:
    """The packaged rules, read once for all tests."""
    return Library(RegionFiles())


def claim(insured_region: str, total: str, **given: Any) -> Claim:
    day = given.pop("on", "2020-06-01")
    own_pay = parse_yuan(given.pop("own_pay", "0.00"))
    over_limit = parse_yuan(given.pop("over_limit", "0.00"))
    first_pay = parse_yuan(given.pop("first_pay", "0.00"))
    return Claim(
        insured_region=insured_region,
        scheme=Scheme(given.pop("scheme", "resident")),
        category=given.pop("category", "adult"),
        birth_date=date(1960, 5, 1),
        identities=tuple(sorted(given.pop("identities", ()))),
        care_region=given.pop("care_region", insured_region),
        hospital_level=HospitalLevel(given.pop("level", "tertiary")),
        care_type=CareType(given.pop("care_type", "outpatient")),
        admitted_on=date.fromisoformat(given.pop("admitted_on", day)),
        discharged_on=date.fromisoformat(day),
        filing=Filing(given.pop("filing", "local")),
        selected_institution=given.pop("selected", True),
        total_fen=parse_yuan(total),
        own_pay_fen=own_pay,
        over_limit_fen=over_limit,
        first_pay_fen=first_pay,
        circumstances=circumstances(given),
        cap_increase_fen=parse_yuan(given.pop("cap_increase", "0.00")),
    )


def circumstances(given: dict[str, Any]) -> Circumstances:
    """Take the circumstances of a visit out of what was given for it."""
    born = given.pop("delivered_on", None)
    return Circumstances(
        cause=Cause(given.pop("cause", "illness")),
        third_party_compensation_fen=parse_yuan(given.pop("compensation", "0.00")),
        delivery=Delivery(given.pop("delivery", "none")),
        delivered_on=date.fromisoformat(born) if born else None,
        special_disease=given.pop("special_disease", False),
    )
