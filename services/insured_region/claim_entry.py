"""A claim on the wire, a claim on a settlement's record, and the claim the engine decides."""

from __future__ import annotations

import re
from collections.abc import Callable

from clearing.benefits.circumstances_input import CIRCUMSTANCES
from clearing.benefits.claim import Circumstances, Claim, Scheme
from clearing.benefits.claim_input import read_claim
from clearing.errors import Malformed
from clearing.messages import CostSplit
from clearing.money import format_yuan
from services.insured_region.commands import ClaimEntry
from services.insured_region.records import Settlement


def checked_claim(entry: ClaimEntry, categories: Callable[[str, Scheme], tuple[str, ...]]) -> Claim:
    """Return the claim of an entry. Raises ``Malformed`` naming the field, as everywhere.

    ``categories`` tells the member categories of a region's scheme.
    """
    cost = entry.cost
    data = {
        "insured_region": entry.insured_region,
        "scheme": str(entry.scheme),
        "member": {
            "category": entry.category,
            "birth_date": entry.birth_date.isoformat(),
            "identities": list(entry.identities),
        },
        "care_region": entry.care_region,
        "hospital_level": str(entry.hospital_level),
        "care_type": str(entry.care_type),
        "admitted_on": entry.admitted_on.isoformat(),
        "discharged_on": entry.discharged_on.isoformat(),
        "filing": str(entry.filing),
        "selected_institution": entry.selected_institution,
        "amounts": {
            "total": format_yuan(cost.total_fen),
            "own_pay": format_yuan(cost.own_pay_fen),
            "over_limit": format_yuan(cost.over_limit_fen),
            "first_pay": format_yuan(cost.first_pay_fen),
        },
        "cap_increase": format_yuan(entry.cap_increase_fen),
        **_circumstances(entry.circumstances),
    }
    try:
        claim, _ = read_claim(data, categories, "claim")
    except Malformed as error:
        field = (error.field or "claim").replace(".member.", ".")
        field = re.sub(r"\.amounts\.(\w+)$", r".cost.\1_fen", field)
        field = field.replace(".cap_increase", ".cap_increase_fen")
        error.field = re.sub(rf"\.({'|'.join(CIRCUMSTANCES)})$", _on_wire, field)
        raise
    if cost.in_scope_fen not in (0, claim.in_scope_fen):
        raise Malformed(
            "in_scope_differs",
            "in_scope_fen must be total less the three personal parts, or left out",
            "政策范围内金额应等于总额减去三项个人部分",
            field="claim.cost.in_scope_fen",
        )
    return claim


def _circumstances(told: Circumstances) -> dict[str, object]:
    """Write circumstances as a claim's fields; what isn't said is left out."""
    data: dict[str, object] = {
        "cause": str(told.cause),
        "delivery": str(told.delivery),
        "special_disease": told.special_disease,
    }
    if told.third_party_compensation_fen:
        data["third_party_compensation"] = format_yuan(told.third_party_compensation_fen)
    if told.delivered_on is not None:
        data["delivered_on"] = told.delivered_on.isoformat()
    return data


def _on_wire(field: re.Match[str]) -> str:
    unit = "_fen" if field[1] == "third_party_compensation" else ""
    return f".circumstances.{field[1]}{unit}"


def claim_of(entry: ClaimEntry) -> Claim:
    """Return the claim of an entry that was checked before."""
    return Claim(
        insured_region=entry.insured_region,
        scheme=entry.scheme,
        category=entry.category,
        birth_date=entry.birth_date,
        identities=entry.identities,
        care_region=entry.care_region,
        hospital_level=entry.hospital_level,
        care_type=entry.care_type,
        admitted_on=entry.admitted_on,
        discharged_on=entry.discharged_on,
        filing=entry.filing,
        selected_institution=entry.selected_institution,
        total_fen=entry.cost.total_fen,
        own_pay_fen=entry.cost.own_pay_fen,
        over_limit_fen=entry.cost.over_limit_fen,
        first_pay_fen=entry.cost.first_pay_fen,
        circumstances=entry.circumstances,
        cap_increase_fen=entry.cap_increase_fen,
    )


def entry_of(settlement: Settlement, region: str) -> ClaimEntry | None:
    """Return the claim a settlement was decided on, ``None`` when it never came to one."""
    if settlement.scheme is None or settlement.birth_date is None or settlement.filing is None:
        return None
    parts = (settlement.own_pay_fen, settlement.over_limit_fen, settlement.first_pay_fen)
    return ClaimEntry(
        insured_region=region,
        scheme=settlement.scheme,
        category=settlement.category,
        birth_date=settlement.birth_date,
        care_region=settlement.care_region,
        hospital_level=settlement.hospital_level,
        care_type=settlement.care_type,
        admitted_on=settlement.admitted_on,
        discharged_on=settlement.discharged_on,
        filing=settlement.filing,
        identities=settlement.identities,
        selected_institution=settlement.selected_institution,
        cost=CostSplit(settlement.total_fen, *parts, settlement.total_fen - sum(parts)),
        circumstances=settlement.circumstances,
        cap_increase_fen=settlement.cap_increase_fen,
    )
