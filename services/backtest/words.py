"""What the tables of a backtest are called, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from clearing.benefits.key_words import KEY_WORDS, value_words

Words = tuple[str, str]

HEADINGS: Final[Mapping[str, Words]] = {
    "scheme": KEY_WORDS["scheme"],
    "level": KEY_WORDS["level"],
    "filing": KEY_WORDS["filing"],
    "care_type": KEY_WORDS["care_type"],
    "region": ("参保地", "insured region"),
    "decile": ("总费用十分位", "decile of total cost"),
    "fund": ("基金", "fund"),
}

FUNDS: Final[Mapping[str, Words]] = {
    "pooled": ("统筹基金", "pooled fund"),
    "civil_servant": ("公务员医疗补助", "civil-servant supplement"),
    "enterprise_supplement": ("企业补充医疗保险", "enterprise supplement"),
    "big_illness": ("大病保险", "big-illness insurance"),
    "large_amount": ("大额医疗费用补助", "large-amount aid"),
    "medical_aid": ("医疗救助", "medical aid"),
    "other": ("其他基金", "other funds"),
}

MEMBERS: Final[Mapping[str, Words]] = {
    "winners": ("待遇提高", "winners"),
    "losers": ("待遇降低", "losers"),
    "unchanged": ("待遇不变", "unchanged"),
    "unclear": ("一方转人工, 无法比较", "unclear: decided by a person on one side"),
}

OUTCOMES: Final[Mapping[str, Words]] = {
    "paid": ("支付", "paid"),
    "refused": ("不予支付", "refused"),
    "manual": ("转人工", "manual"),
}


def label(by: str, row: Mapping[str, Any]) -> str:
    """Name a row of a report's ``by_…`` list in both languages."""
    value = row[by]
    if by == "fund":
        return both(FUNDS.get(value, (value, value)))
    if by == "region":
        return f"{value} {both((row['name_zh'], row['name_en']))}"
    if by == "decile":
        return f"{value} ({row['cost_from']}–{row['cost_to']})"
    return both(value_words(by, value, {}))


def both(words: Words) -> str:
    """Say it in both languages; once where they're the same."""
    zh, en = words
    return zh if zh == en else f"{zh} / {en}"
