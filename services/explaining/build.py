"""Puts together the page that explains a decision."""

from __future__ import annotations

from typing import Final

from clearing.benefits.claim import CareType, Fund, Outcome
from clearing.benefits.steps.words import FUND_WORDS
from clearing.money import format_yuan
from clearing.wording import Words
from services.explaining.accumulator_words import accumulator_words, is_money, period_of
from services.explaining.banners import banners_of
from services.explaining.facts import facts_of
from services.explaining.matter import Matter, Step
from services.explaining.page import TITLE, Accumulator, Fact, Line, Page, Part
from services.explaining.reference import Reference

_COST: Final = Words("待支付费用", "cost carried on")
_PAID: Final = Words("基金累计", "funds so far")
_NO_AMOUNT: Final = frozenset(
    {"subtract_points", "add_points", "multiply_ratio", "raised_deductible"}
)
"""Steps that change a ratio or a limit: what they give is no amount of this visit's."""

_PAYING: Final = ("pay", "cap_payment", "account_limit", "result")
"""How the names of those steps begin whose running total counts payments."""


def page_of(matter: Matter, reference: Reference) -> Page:
    """Return the page about a visit and its decision."""
    paid = matter.outcome is Outcome.PAID
    decided = matter.outcome is not Outcome.MANUAL
    fund_fen = sum(matter.by_fund.values())
    return Page(
        title=TITLE,
        settlement_id=matter.settlement_id,
        outcome=matter.outcome.value,
        code=matter.code,
        banners=banners_of(matter, reference),
        facts=facts_of(matter, reference),
        total_fen=matter.cost.total_fen,
        fund_fen=fund_fen if decided else None,
        personal_fen=matter.cost.total_fen - fund_fen if decided else None,
        cost=_cost(matter),
        payment=_payment(matter) if decided else (),
        notes=_notes(matter),
        lines=tuple(_line(i, step, paid, reference) for i, step in enumerate(matter.steps, 1)),
        benefit_year=matter.benefit_year,
        accumulators=_accumulators(matter, reference) if paid else (),
        flags=_flags(matter, reference),
        documents=_documents(matter, reference),
        bundle_hash=matter.bundle_hash,
    )


def _cost(matter: Matter) -> tuple[Part, ...]:
    cost = matter.cost
    return (
        Part("own_pay", "personal", Words("自费", "own pay"), cost.own_pay_fen),
        Part("over_limit", "personal", Words("超限价", "over the limit"), cost.over_limit_fen),
        Part("first_pay", "personal", Words("先行自付", "first pay"), cost.first_pay_fen),
        Part("in_scope", "in_scope", Words("政策范围内", "in scope"), cost.in_scope_fen),
    )


def _payment(matter: Matter) -> tuple[Part, ...]:
    """Return who pays: each fund, then the member's part by why it is the member's."""
    cost = matter.cost
    parts = [
        Part(fund, "fund", Words(*FUND_WORDS[fund]), matter.by_fund[fund])
        for fund in Fund
        if fund in matter.by_fund
    ]
    left_fen = cost.in_scope_fen - sum(matter.by_fund.values())
    outside = cost.own_pay_fen + cost.over_limit_fen + cost.first_pay_fen
    words = Words("个人: 政策范围外与先行自付", "member: out of scope, first pay")
    parts.append(Part("outside", "personal", words, outside))
    # A fund that pays of what is left after the pooled one may pay of the deductible too.
    if matter.deductible_fen and not set(matter.by_fund) - {Fund.POOLED}:
        words = Words("个人: 起付标准", "member: deductible")
        parts.append(Part("deductible", "personal", words, matter.deductible_fen))
        left_fen -= matter.deductible_fen
    words = Words("个人: 政策范围内其余", "member: the rest in scope")
    parts.append(Part("rest", "personal", words, left_fen))
    return tuple(part for part in parts if part.amount_fen)


def _notes(matter: Matter) -> tuple[Words, ...]:
    notes = []
    if matter.account_limit_fen:
        most = format_yuan(matter.account_limit_fen)
        notes.append(
            Words(
                f"个人负担中, 个人账户最多可支付 {most} 元。",
                f"Of the member's part the personal account may pay up to {most} yuan.",
            )
        )
    if matter.recoverable_fen:
        advance = format_yuan(matter.recoverable_fen)
        notes.append(
            Words(
                f"其中 {advance} 元由基金先行支付, 之后向负有责任的第三人追偿。",
                f"The funds advance {advance} yuan of this and will recover it from the liable "
                "third party.",
            )
        )
    if matter.quota_fen:
        quota = format_yuan(matter.quota_fen)
        notes.append(
            Words(
                f"可向参保地经办机构申请定额补助 {quota} 元, 不在本次结算内。",
                f"A flat amount of {quota} yuan is paid by the agency on application, outside "
                "this settlement.",
            )
        )
    return tuple(notes)


def _line(number: int, step: Step, paid: bool, reference: Reference) -> Line:
    return Line(
        number=number,
        step=step.step,
        table=step.table,
        edition=step.edition,
        mark=step.source,
        source=reference.sources.cited(step.source),
        rule=Words(step.rule_zh, step.rule_en),
        inputs=step.inputs,
        amount_fen=step.amount_fen if paid and step.step not in _NO_AMOUNT else None,
        running_fen=step.running_fen if paid else None,
        running_is=_PAID if step.step.startswith(_PAYING) else _COST,
    )


def _documents(matter: Matter, reference: Reference) -> tuple[Fact, ...]:
    """Return the documents that the steps cite, each once."""
    marks = sorted({step.source.partition(":")[0] for step in matter.steps if step.source})
    return tuple(Fact(Words(mark, mark), reference.sources.titled(mark)) for mark in marks)


def _accumulators(matter: Matter, reference: Reference) -> tuple[Accumulator, ...]:
    """Return the year's accumulators; those of other days and months are left out."""
    groups = reference.groups(matter.insured_region)
    inpatient = matter.care_type is CareType.INPATIENT
    day = (matter.discharged_on if inpatient else matter.admitted_on).isoformat()
    found = []
    for name in sorted({*matter.before, *matter.additions}):
        before, added = matter.before.get(name, 0), matter.additions.get(name, 0)
        of_this_time = added or not period_of(name) or day.startswith(period_of(name))
        if (before or added) and of_this_time:
            words = accumulator_words(name, groups)
            found.append(Accumulator(name, words, before, added, is_money(name)))
    return tuple(found)


def _flags(matter: Matter, reference: Reference) -> tuple[Fact, ...]:
    flags = []
    for code in matter.flags:
        words, mark = reference.flag(matter.insured_region, code)
        flags.append(Fact(words, reference.sources.cited(mark)))
    return tuple(flags)
