"""What a reader must not overlook: made-up rules, no payment, a settlement taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clearing.benefits.claim import Outcome
from clearing.settlement import SettlementState
from clearing.wording import Words
from services.explaining.advice import advice
from services.explaining.matter import Matter
from services.explaining.page import Banner
from services.explaining.reference import Reference

_ILLUSTRATIVE: Final = Words(
    "示例规则, 不可作为依据", "Illustrative rules: nobody may rely on this"
)
_REFUSED: Final = Words("本次费用不予支付", "This visit is not paid")
_MANUAL: Final = Words("转人工处理, 尚未作出决定", "Not decided yet: a person will")
_UNDONE: Final[Mapping[SettlementState, Words]] = {
    SettlementState.CANCELLED: Words("本次结算已撤销", "This settlement was cancelled"),
    SettlementState.REVERSED: Words("本次结算已冲正", "This settlement was reversed"),
}
_NO_EFFECT: Final = Words(
    "以下说明的是撤销前的结算, 现已不再有效。",
    "What follows explains the settlement as it was; it no longer has effect.",
)


def banners_of(matter: Matter, reference: Reference) -> tuple[Banner, ...]:
    """Return the banners of a page, the most important first."""
    banners = []
    if matter.state is not None and matter.state in _UNDONE:
        banners.append(Banner("undone", _UNDONE[matter.state], (_NO_EFFECT,)))
    if matter.outcome is not Outcome.PAID:
        refused = matter.outcome is Outcome.REFUSED
        title = _REFUSED if refused else _MANUAL
        why = tuple(Words(f"{s.rule_zh}。", f"{_sentence(s.rule_en)}.") for s in matter.steps)
        says = (*why, *advice(matter.outcome, matter.code))
        banners.append(Banner("refused" if refused else "manual", title, says))
    if matter.illustrative:
        because = reference.made_up(matter.insured_region)
        banners.append(Banner("illustrative", _ILLUSTRATIVE, (because,) if because.zh else ()))
    return tuple(banners)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
