"""Who pays for care of a cause: what the region says, and what holds where it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clearing.benefits.claim import Cause
from clearing.benefits.schema import CauseRule, Span
from clearing.benefits.steps.op import BoundStep, Looked, Scope
from clearing.benefits.steps.third_party import (
    account_less_compensation,
    book_recoverable,
    less_compensation,
)

_ORDINARY: Final = frozenset({Cause.ILLNESS, Cause.INJURY})
"""Decided as any other care where a document doesn't speak of it: an injury that nobody else is
liable for is what the insurance is for (S0:23), and may be settled directly."""

_UNTREATED: Final[Mapping[Cause, tuple[str, str, str]]] = {
    Cause.WORK_INJURY: ("work_injury_not_given", "工伤", "a work injury"),
    Cause.THIRD_PARTY_FULL: (
        "third_party_not_given",
        "第三方负全责",
        "an injury for which a third party is fully liable",
    ),
    Cause.THIRD_PARTY_PARTIAL: (
        "third_party_not_given",
        "第三方负部分责任",
        "an injury for which a third party is partly liable",
    ),
    Cause.THIRD_PARTY_ABSENT: (
        "third_party_not_given",
        "第三方不明、逃逸或不承担责任",
        "an injury whose liable third party is unknown, fled or refuses",
    ),
    Cause.PUBLIC_HEALTH: ("public_health_not_given", "公共卫生服务", "public-health care"),
}


def cause_rule(causes: Mapping[Cause, CauseRule], cause: Cause, span: Span) -> CauseRule | None:
    """Return what holds for a cause; ``None`` where it's treated as any illness, unsaid.

    A cause that somebody else may have to pay for and that the documents of ``span`` don't
    speak of is ``open``, with a code that names what is missing.
    """
    stated = causes.get(cause)
    if stated is not None or cause in _ORDINARY:
        return stated
    code, zh, en = _UNTREATED[cause]
    return CauseRule(
        treatment="open",
        code=code,
        source=span.source,
        zh=f"资料未涉及{zh}的费用如何支付",
        en=f"the source doesn't say who pays for {en}",
    )


def around(
    rule: CauseRule | None, steps: tuple[BoundStep, ...], scope: Scope
) -> tuple[BoundStep, ...]:
    """Put what a cause asks for around the steps of a benefit."""
    if rule is None or rule.treatment == "ordinary":
        return steps
    says = Looked("", scope.edition, rule.source, rule.zh, rule.en, 0)
    if rule.treatment == "remainder":
        return (less_compensation(says), *steps, account_less_compensation(scope))
    assert rule.treatment == "fund_first", "refused and open end the matter before any step"
    return (*steps, book_recoverable(says))
