"""A file of mixed claims for ``yidi adjudicate``: every region, care type, filing and outcome."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from clearing.benefits.claim import Claim
from clearing.money import format_yuan
from tests.clearing.benefits.histories import DOCUMENT_REGIONS, ILLUSTRATIVE_REGIONS, history

SEED = 7


def write_claims(path: Path, count: int) -> None:
    """Write so many claims, the same ones each time."""
    claims = [_claim_json(claim) for claim in islice(_claims(), count)]
    path.write_text(json.dumps(claims, ensure_ascii=False), encoding="utf-8")


def _claims() -> Iterator[Claim]:
    rng = random.Random(SEED)
    for region in cycle((*DOCUMENT_REGIONS, *ILLUSTRATIVE_REGIONS)):
        yield from history(rng, region)


def _claim_json(claim: Claim) -> dict[str, Any]:
    return {
        "insured_region": claim.insured_region,
        "scheme": claim.scheme,
        "member": {
            "category": claim.category,
            "birth_date": claim.birth_date.isoformat(),
            "identities": list(claim.identities),
        },
        "care_region": claim.care_region,
        "hospital_level": claim.hospital_level,
        "care_type": claim.care_type,
        "admitted_on": claim.admitted_on.isoformat(),
        "discharged_on": claim.discharged_on.isoformat(),
        "filing": claim.filing,
        "selected_institution": claim.selected_institution,
        "amounts": {
            "total": format_yuan(claim.total_fen),
            "own_pay": format_yuan(claim.own_pay_fen),
            "over_limit": format_yuan(claim.over_limit_fen),
            "first_pay": format_yuan(claim.first_pay_fen),
        },
        "accumulators": {},
    }
