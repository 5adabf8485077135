"""Circumstances in a claim: what may be left out, and the field of what contradicts itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clearing.benefits.claim import ORDINARY, Cause, Circumstances, Delivery
from clearing.benefits.claim_input import read_claim
from clearing.errors import Malformed
from tests.clearing.benefits.claims import library


def stay(**given: Any) -> dict[str, Any]:
    return {
        "insured_region": "990100",
        "scheme": "resident",
        "member": {"category": "adult", "birth_date": "1990-01-01"},
        "care_region": "990100",
        "hospital_level": "tertiary",
        "care_type": "inpatient",
        "admitted_on": "2024-03-01",
        "discharged_on": "2024-03-05",
        "filing": "local",
        "amounts": {"total": "1000.00"},
        **given,
    }


def read(**given: Any) -> Circumstances:
    return read_claim(stay(**given), library().categories)[0].circumstances


def test_what_is_left_out_is_ordinary() -> None:
    assert read() is ORDINARY
    assert read_claim(stay(), library().categories)[0].cap_increase_fen == 0
    raised, _ = read_claim(stay(cap_increase="1000.00"), library().categories)
    assert raised.cap_increase_fen == 100_000


def test_everything_is_read() -> None:
    assert read(
        cause="third_party_partial", third_party_compensation="12.30", special_disease=True
    ) == Circumstances(Cause.THIRD_PARTY_PARTIAL, 1_230, special_disease=True)
    born = read(delivery="assisted", delivered_on="2024-03-02")
    assert born == Circumstances(delivery=Delivery.ASSISTED, delivered_on=date(2024, 3, 2))


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"cause": "drink"}, "code_unknown", "cause"),
        ({"cause": "third_party_partial"}, "compensation_missing", "third_party_compensation"),
        ({"third_party_compensation": "1.00"}, "compensation_without_third_party",
         "third_party_compensation"),
        ({"cause": "third_party_partial", "third_party_compensation": "1000.01"},
         "compensation_above_total", "third_party_compensation"),
        ({"cause": "third_party_partial", "third_party_compensation": "-1.00"}, "amount",
         "third_party_compensation"),
        ({"delivery": "normal"}, "delivered_on_missing", "delivered_on"),
        ({"delivered_on": "2024-03-02"}, "delivered_on_without_delivery", "delivered_on"),
        ({"delivery": "normal", "delivered_on": "2024-03-06"}, "born_after_discharge",
         "delivered_on"),
        ({"delivery": "twins"}, "code_unknown", "delivery"),
        ({"special_disease": "yes"}, "wrong_type", "special_disease"),
        ({"special_disease": True, "care_type": "pharmacy"}, "special_disease_not_inpatient",
         "special_disease"),
        ({"delivery": "normal", "delivered_on": "2024-03-02", "care_type": "pharmacy"},
         "delivery_not_inpatient", "delivery"),
        ({"cap_increase": "-1.00"}, "amount", "cap_increase"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_malformed(given: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(**given)
    assert (caught.value.code, caught.value.field) == (code, field)
