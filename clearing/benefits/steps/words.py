"""How amounts and ratios are written in explanations."""

from __future__ import annotations

from clearing.benefits.claim import Explained
from clearing.benefits.steps.arithmetic import NO_LIMIT_FEN, fen_of
from clearing.benefits.steps.op import Looked
from clearing.money import format_yuan


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
