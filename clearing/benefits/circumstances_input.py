"""Read the circumstances of a visit from untrusted data, and check that they fit the visit.

Every field may be left out: then nothing is special about the visit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from clearing.benefits.claim import ORDINARY, CareType, Cause, Circumstances, Delivery
from clearing.json_fields import amount, choice, day, flag, join, malformed
from clearing.money import MAX_AMOUNT_FEN, Fen, format_yuan

CIRCUMSTANCES: Final = (
    "cause",
    "third_party_compensation",
    "delivery",
    "delivered_on",
    "special_disease",
)
"""The fields of a claim that tell its circumstances."""


def read_circumstances(fields: Mapping[str, Any], path: str) -> Circumstances:
    """Return the circumstances among a claim's fields. Raises ``Malformed``."""
    if not any(name in fields for name in CIRCUMSTANCES):
        return ORDINARY
    at = join(path)
    compensation, born = fields.get("third_party_compensation"), fields.get("delivered_on")
    return Circumstances(
        cause=choice(Cause, fields.get("cause", Cause.ILLNESS.value), at("cause")),
        third_party_compensation_fen=0
        if compensation is None
        else amount(compensation, at("third_party_compensation")),
        delivery=choice(Delivery, fields.get("delivery", Delivery.NONE.value), at("delivery")),
        delivered_on=None if born is None else day(born, at("delivered_on")),
        special_disease=flag(fields.get("special_disease", False), at("special_disease")),
    )


def check_circumstances(
    told: Circumstances,
    care_type: CareType,
    discharged_on: date,
    total_fen: Fen | None,
    at: Callable[[str], str],
) -> None:
    """Raise ``Malformed`` where circumstances contradict themselves or the visit.

    ``at`` writes the path of a field. ``total_fen`` is ``None`` while the cost isn't known yet.
    """
    paid_fen, partly = told.third_party_compensation_fen, told.cause is Cause.THIRD_PARTY_PARTIAL
    if not 0 <= paid_fen <= MAX_AMOUNT_FEN:
        raise malformed(
            "amount",
            at("third_party_compensation"),
            f"an amount is from 0.00 to {format_yuan(MAX_AMOUNT_FEN)}",
            f"金额应为 0.00 至 {format_yuan(MAX_AMOUNT_FEN)}",
        )
    if paid_fen and not partly:
        raise malformed(
            "compensation_without_third_party",
            at("third_party_compensation"),
            "only a third party that is partly liable (cause third_party_partial) compensates",
            "仅在第三方负部分责任时填写第三方赔偿",
        )
    if partly and not paid_fen:
        raise malformed(
            "compensation_missing",
            at("third_party_compensation"),
            "say what the partly liable third party pays; it pays before the insurance",
            "第三方负部分责任的, 应填写第三方赔偿金额",
        )
    if total_fen is not None and paid_fen > total_fen:
        raise malformed(
            "compensation_above_total",
            at("third_party_compensation"),
            f"the compensation is above the total {format_yuan(total_fen)}",
            f"第三方赔偿超过总费用 {format_yuan(total_fen)} 元",
        )
    inpatient = care_type is CareType.INPATIENT
    if told.special_disease and not inpatient:
        raise malformed(
            "special_disease_not_inpatient",
            at("special_disease"),
            "only a stay may treat a disease of special outpatient care",
            "仅住院可填写门诊特殊病种",
        )
    _check_birth(told, inpatient, discharged_on, at)


def _check_birth(
    told: Circumstances, inpatient: bool, discharged_on: date, at: Callable[[str], str]
) -> None:
    born = told.delivery is not Delivery.NONE
    if born and not inpatient:
        raise malformed(
            "delivery_not_inpatient", at("delivery"), "a delivery is a stay", "分娩应为住院"
        )
    if born and told.delivered_on is None:
        raise malformed(
            "delivered_on_missing",
            at("delivered_on"),
            "say on which day the child was born",
            "应填写新生儿出生日期",
        )
    if told.delivered_on is None:
        return
    if not born:
        raise malformed(
            "delivered_on_without_delivery",
            at("delivered_on"),
            "a day of birth is given with a delivery only",
            "仅分娩时填写新生儿出生日期",
        )
    if told.delivered_on > discharged_on:
        raise malformed(
            "born_after_discharge",
            at("delivered_on"),
            "the child is born after the discharge",
            "新生儿出生日期晚于出院日期",
        )
