"""How a corpus writes the circumstances of a visit."""

from __future__ import annotations

from typing import Any

from clearing.benefits.claim import ORDINARY, Cause, Circumstances, Delivery
from clearing.money import format_yuan
from services.harness.fields import Fields


def circumstances_json(told: Circumstances) -> dict[str, Any]:
    """Write circumstances; what is ordinary is left out."""
    data: dict[str, Any] = {}
    if told.cause is not Cause.ILLNESS:
        data["cause"] = told.cause.value
    if told.third_party_compensation_fen:
        data["third_party_compensation"] = format_yuan(told.third_party_compensation_fen)
    if told.delivery is not Delivery.NONE:
        data["delivery"] = told.delivery.value
    if told.delivered_on is not None:
        data["delivered_on"] = told.delivered_on.isoformat()
    if told.special_disease:
        data["special_disease"] = True
    return data


def read_circumstances(fields: Fields | None) -> Circumstances:
    """Read circumstances, ordinary where a visit has none."""
    return ORDINARY if fields is None else fields.take(_read)


def _read(fields: Fields) -> Circumstances:
    return Circumstances(
        cause=fields.choice("cause", Cause, Cause.ILLNESS),
        third_party_compensation_fen=fields.optional_yuan("third_party_compensation"),
        delivery=fields.choice("delivery", Delivery, Delivery.NONE),
        delivered_on=fields.optional_day("delivered_on"),
        special_disease=fields.flag("special_disease"),
    )
