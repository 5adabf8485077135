"""What each kind of step does, in a sentence, before any claim is put to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from clearing.benefits.claim import Fund
from clearing.benefits.steps.words import FUND_WORDS

_PER: Final[Mapping[str, tuple[str, str]]] = {
    "visit": ("每次", "a visit"),
    "day": ("每日", "a day"),
    "month": ("每月", "a month"),
    "year": ("每年", "a year"),
    "stay": ("每次住院", "each stay"),
}
_OF: Final[Mapping[str, tuple[str, str]]] = {
    "running": ("纳入支付的费用", "the cost carried on"),
    "burden": (
        "前述基金支付后政策范围内由个人负担的费用",
        "the in-scope cost that no fund has paid",
    ),
    "personal": ("总费用中基金未支付的部分", "all of the total that no fund pays"),
}
_OPERATORS: Final[Mapping[str, tuple[str, str]]] = {
    "subtract_points": ("支付比例减去百分点", "the ratio is lowered by percentage points"),
    "add_points": ("支付比例加上百分点", "the ratio is raised by percentage points"),
    "multiply_ratio": ("支付比例乘以系数", "the ratio is multiplied by a factor"),
}


def step_words(step: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a step does, from how it's written; a kind without words is its own name."""
    kind = str(step.get("step", ""))
    writer = _WRITERS.get(kind)
    zh, en = writer(step) if writer else (kind, kind)
    for adjustment in step.get("adjust", ()):
        operator = str(adjustment.get("operator", ""))
        how_zh, how_en = _OPERATORS.get(operator, (operator, operator))
        zh = f"{zh}; {how_zh} (表 {adjustment['table']})"
        en = f"{en}; {how_en} (table {adjustment['table']})"
    return zh, en


def has_words(kind: str) -> bool:
    """Tell whether a kind of step has words."""
    return kind in _WRITERS


def _count_fees(step: Mapping[str, Any]) -> tuple[str, str]:
    account = step["account"]
    zh, en = f"政策范围内费用计入年度累计 {account}", f"in-scope cost is added to {account}"
    if "cap" in step:
        zh = f"{zh}, 超过封顶线 (表 {step['cap']}) 的部分不计入"
        en = f"{en}; above the cap (table {step['cap']}) it doesn't count"
    return zh, en


def _deductible(step: Mapping[str, Any]) -> tuple[str, str]:
    per_zh, per_en = _PER[step.get("per", "stay")]
    zh = f"扣除起付标准, {per_zh} (表 {step['table']})"
    en = f"the member bears the deductible of {per_en} (table {step['table']})"
    if "raise_by" in step:
        zh = f"{zh}, 按系数提高 (表 {step['raise_by']})"
        en = f"{en}, raised by a factor (table {step['raise_by']})"
    return zh, en


def _first_pay(step: Mapping[str, Any]) -> tuple[str, str]:
    return (
        f"个人先行自付一定比例 (表 {step['table']})",
        f"the member first bears a share (table {step['table']})",
    )


def _pay(step: Mapping[str, Any]) -> tuple[str, str]:
    (who_zh, who_en), (of_zh, of_en) = (
        FUND_WORDS[Fund(step["fund"])],
        _OF[step.get("of", "running")],
    )
    return (
        f"{who_zh}按比例 (表 {step['ratio']}) 支付{of_zh}",
        f"{who_en} pays a ratio (table {step['ratio']}) of {of_en}",
    )


def _pay_bands(step: Mapping[str, Any]) -> tuple[str, str]:
    (who_zh, who_en), (of_zh, of_en) = (
        FUND_WORDS[Fund(step["fund"])],
        _OF[step.get("of", "running")],
    )
    return (
        f"{who_zh}对{of_zh}分段支付 (表 {step['bands']}), 年度累计 {step['account']}",
        f"{who_en} pays {of_en} by bands (table {step['bands']}) of the year's {step['account']}",
    )


def _cap_payment(step: Mapping[str, Any]) -> tuple[str, str]:
    who_zh, who_en = FUND_WORDS[Fund(step["fund"])]
    limits_zh = ", ".join(f"{_PER[x['per']][0]} (表 {x['table']})" for x in step["limits"])
    limits_en = ", ".join(f"{_PER[x['per']][1]} (table {x['table']})" for x in step["limits"])
    return f"{who_zh}最高支付限额: {limits_zh}", f"{who_en} pays at most: {limits_en}"


def _cap_fees(step: Mapping[str, Any]) -> tuple[str, str]:
    limits_zh = ", ".join(f"{_PER[x['per']][0]} (表 {x['table']})" for x in step["limits"])
    limits_en = ", ".join(f"{_PER[x['per']][1]} (table {x['table']})" for x in step["limits"])
    return f"计入的费用限额: {limits_zh}", f"fees count up to: {limits_en}"


def _account_limit(step: Mapping[str, Any]) -> tuple[str, str]:
    of_zh, of_en = _OF[step["of"]]
    return (
        f"{step['zh']}: 个人账户最多可支付{of_zh}",
        f"{step['en']}: the personal account may pay {of_en}",
    )


def _count_admission(_step: Mapping[str, Any]) -> tuple[str, str]:
    return "计为年度内一次住院", "counts as a stay of the year"


_WRITERS: Final = {
    "account_limit": _account_limit,
    "cap_fees": _cap_fees,
    "cap_payment": _cap_payment,
    "count_admission": _count_admission,
    "count_fees": _count_fees,
    "deductible": _deductible,
    "first_pay": _first_pay,
    "pay": _pay,
    "pay_bands": _pay_bands,
}
