"""What the tables of a backtest are called, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from clearing.benefits.claim import Fund
from clearing.benefits.key_words import KEY_WORDS, value_words
from clearing.benefits.steps.words import FUND_WORDS
from clearing.wording import Language, Words

HEADINGS: Final[Mapping[str, Words]] = {
    "scheme": Words(*KEY_WORDS["scheme"]),
    "level": Words(*KEY_WORDS["level"]),
    "filing": Words(*KEY_WORDS["filing"]),
    "care_type": Words(*KEY_WORDS["care_type"]),
    "region": Words("参保地", "insured region"),
    "decile": Words("总费用十分位", "decile of total cost"),
    "fund": Words("基金", "fund"),
}

MEMBERS: Final[Mapping[str, Words]] = {
    "winners": Words("待遇提高", "winners"),
    "losers": Words("待遇降低", "losers"),
    "unchanged": Words("待遇不变", "unchanged"),
    "unclear": Words("一方转人工, 无法比较", "unclear: decided by a person on one side"),
}

OUTCOMES: Final[Mapping[str, Words]] = {
    "paid": Words("支付", "paid"),
    "refused": Words("不予支付", "refused"),
    "manual": Words("转人工", "manual"),
}


def label(by: str, row: Mapping[str, Any]) -> str:
    """Name a row of a report's ``by_…`` list in both languages."""
    value = row[by]
    if by == "fund":
        return both(Words(*FUND_WORDS[Fund(value)]))
    if by == "region":
        return f"{value} {both(Words(row['name_zh'], row['name_en']))}"
    if by == "decile":
        return f"{value} ({row['cost_from']}–{row['cost_to']})"
    return both(Words(*value_words(by, value, {})))


def both(words: Words) -> str:
    """Say it in both languages; once where they're the same."""
    return words.say(Language.BOTH)
