"""What an accumulator counts, told from its name (``outpatient/level_1/2023-03``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from clearing.benefits import schema
from clearing.benefits.key_words import VALUE_WORDS, value_words
from clearing.benefits.vocabulary import ADMISSIONS_ACCOUNT
from clearing.wording import Words

_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "fees": ("计入的费用", "cost counted"),
    "payment": ("基金已支付", "paid by the fund"),
    "pooled_payment": ("统筹基金已支付", "paid by the pooled fund"),
    "deductible": ("已承担的起付标准", "deductible borne"),
    "burden": ("政策范围内个人负担", "in-scope cost borne"),
    "admissions": ("已结算的住院次数", "paid stays"),
}
_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    **VALUE_WORDS["care_type"],
    **VALUE_WORDS["scheme"],
    "big_illness": ("大病保险", "big-illness insurance"),
    "large_amount": ("大额医疗费用补助", "large-amount aid"),
    "medical_aid": ("医疗救助", "medical aid"),
    "civil_servant": ("公务员医疗补助", "civil servants' medical aid"),
    "enterprise_supplement": ("企业补充医疗保险", "enterprise supplement"),
}
_PERIOD = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")


def is_money(name: str) -> bool:
    """Tell whether an accumulator holds 分; the other one counts stays."""
    return name != ADMISSIONS_ACCOUNT


def period_of(name: str) -> str:
    """Return the day or month that an accumulator is of, ``""`` for a year's."""
    last = name.rpartition("/")[2]
    return last if _PERIOD.fullmatch(last) else ""


def accumulator_words(name: str, groups: Mapping[str, schema.Group]) -> Words:
    """Return what an accumulator is called; what has no words is told by its name."""
    said = [_part(part, groups) for part in name.split("/")]
    return Words(" ".join(zh for zh, _ in said), ", ".join(en for _, en in said))


def _part(part: str, groups: Mapping[str, schema.Group]) -> tuple[str, str]:
    if part in _PLACES:
        return _PLACES[part]
    if part in _KINDS:
        return _KINDS[part]
    for key, group in groups.items():
        if part in group.classes:
            return value_words(key, part, groups)
    return part, part
