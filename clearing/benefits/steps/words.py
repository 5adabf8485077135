"""How amounts and ratios are written in explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from clearing.benefits.claim import Explained, Fund
from clearing.benefits.steps.arithmetic import NO_LIMIT_FEN, fen_of
from clearing.benefits.steps.op import FUND_SLOTS, Looked
from clearing.money import format_yuan

FUND_WORDS: Final[Mapping[Fund, tuple[str, str]]] = {
    Fund.POOLED: ("统筹基金", "the pooled fund"),
    Fund.CIVIL_SERVANT: ("公务员医疗补助", "civil servants' medical aid"),
    Fund.ENTERPRISE_SUPPLEMENT: ("企业补充医疗保险", "the enterprise supplement"),
    Fund.BIG_ILLNESS: ("大病保险", "big-illness insurance"),
    Fund.LARGE_AMOUNT: ("大额医疗费用补助", "large-amount aid"),
    Fund.MEDICAL_AID: ("医疗救助", "medical aid"),
    Fund.OTHER: ("其他基金", "another fund"),
    Fund.PERSONAL_ACCOUNT: ("个人账户", "the personal account"),
}
"""What a fund is called, in Chinese and English."""

_ROUNDED: Final = (" (四舍五入到分)", " (rounded to the 分)")


def percent(ratio_bp: int) -> str:
    """Write basis points as per cent: ``75%``, ``67.5%``."""
    whole, rest = divmod(ratio_bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0") + "%" if rest else f"{whole}%"


def points(difference_bp: int) -> str:
    """Write basis points as percentage points: ``10``."""
    return percent(difference_bp)[:-1]


def units(amount_u: int) -> str:
    """Write units as yuan."""
    return format_yuan(fen_of(amount_u))


def rounded(weighted: int) -> tuple[str, str]:
    """Say that a payment was rounded, where units times basis points leave a rest."""
    return _ROUNDED if weighted % 100_000_000 else ("", "")


def funds_so_far(registers: Sequence[int]) -> int:
    """Return what all funds together pay by these registers: the running total of payments."""
    return sum(registers[slot] for slot in FUND_SLOTS.values())


def limit(amount_fen: int) -> str:
    """Write an upper end, which may be open."""
    return "∞" if amount_fen >= NO_LIMIT_FEN else format_yuan(amount_fen)


def explained(
    step: str,
    looked: Looked,
    rule: tuple[str, str],
    inputs: dict[str, str],
    amount_fen: int,
    running_fen: int,
) -> Explained:
    """Return one step of an explanation; ``rule`` is (Chinese, English)."""
    zh, en = rule
    return Explained(
        step=step,
        table=looked.table,
        edition=looked.edition,
        source=looked.source,
        rule_en=f"{looked.en}: {en}",
        rule_zh=f"{looked.zh}：{zh}",
        inputs=inputs,
        amount_fen=amount_fen,
        running_fen=running_fen,
    )
