"""Does a case add up by itself? Its sums and its written reckoning, before any rule is asked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from clearing.benefits.claim import Fund
from clearing.benefits.golden import findings as codes
from clearing.benefits.golden.formula import FormulaError, reckoned
from clearing.benefits.golden.schema import Case, Expected, Visit
from clearing.money import Fen, format_yuan
from clearing.strict_yaml import Finding

_PART = {"fund", "personal", "deductible", "account_limit", *Fund}


def defects(case: Case) -> Iterator[Finding]:
    """Yield everything that doesn't agree within a case."""
    before: dict[str, Fen] = {}
    for visit in case.visits:
        for field, message in _sums(visit):
            line = visit.lines.get(field, visit.line)
            yield Finding(case.file, line, message, codes.SUM_WRONG)
        for field, message in _reckoning(visit, before):
            line = visit.lines.get(field, visit.line)
            yield Finding(case.file, line, message, codes.ARITHMETIC_WRONG)
        for name, amount in _amounts(visit).items():
            key = f"{name}_before"
            before[key] = before.get(key, 0) + amount
    for message in _sequence(case):
        yield Finding(case.file, case.line, message, codes.SUM_WRONG)


def _sums(visit: Visit) -> Iterator[tuple[str, str]]:
    """Yield (field, message) of amounts that contradict each other."""
    claim, said = visit.claim, visit.expected
    if said.fund is None or said.personal is None:
        return
    if said.fund + said.personal != claim.total_fen:
        sum_ = format_yuan(said.fund + said.personal)
        yield "fund", f"fund and personal are {sum_}, the total is {format_yuan(claim.total_fen)}"
    by_fund = sum(said.paid_by.values())
    if by_fund != said.fund:
        message = f"by_fund sums up to {format_yuan(by_fund)}, fund is {format_yuan(said.fund)}"
        yield "by_fund", message
    if not all(said.paid_by.values()):
        yield "by_fund", "by_fund names funds that pay something"
    if Fund.PERSONAL_ACCOUNT in said.paid_by:
        yield "by_fund", "the personal account is no fund: write account_limit"
    if said.deductible > claim.in_scope_fen:
        in_scope = format_yuan(claim.in_scope_fen)
        yield "deductible", f"the deductible is above the in-scope cost of {in_scope}"
    if said.account_limit > said.personal:
        yield "account_limit", "the personal account can't pay more than the personal part"


def _reckoning(visit: Visit, before: dict[str, Fen]) -> Iterator[tuple[str, str]]:
    """Yield (field, message) of written sums that aren't true or aren't there."""
    said = visit.expected
    stated = _stated(said)
    names = {**_amounts(visit), **before}
    written = said.because if isinstance(said.because, dict) else {"": said.because or ""}
    reckoned_for = set()
    for label, text in written.items():
        try:
            amount = reckoned(text, names)
        except FormulaError as error:
            yield "because", f"{f'{label}: ' if label else ''}{error}"
            continue
        if amount is None:
            continue
        part = label or _only_part(said)
        if part in stated and amount != stated[part]:
            message = f"{part} is reckoned as {format_yuan(amount)} and stated as"
            yield "because", f"{message} {format_yuan(stated[part])}"
        if part in _PART and part not in stated:
            yield "because", f"{part} is reckoned as {format_yuan(amount)} and not stated"
        reckoned_for.add(part)
    for part in _needed(said) - reckoned_for:
        yield "because", f"because has no sum for {part} (write it as <expression> = <amount>)"


def _stated(said: Expected) -> dict[str, Fen]:
    if said.fund is None or said.personal is None:
        return {}
    return {
        "fund": said.fund,
        "personal": said.personal,
        "deductible": said.deductible,
        "account_limit": said.account_limit,
        **{fund.value: 0 for fund in Fund},
        **{fund.value: amount for fund, amount in said.paid_by.items()},
    }


def _only_part(said: Expected) -> str:
    """Name the part that a sum without a name is for: the only fund's."""
    funds = list(said.paid_by)
    return funds[0].value if len(funds) == 1 else "fund"


def _needed(said: Expected) -> set[str]:
    """Return the parts that are more than nothing and so need a sum."""
    needed = {fund.value for fund in said.paid_by}
    return needed | {"account_limit"} if said.account_limit else needed


def _amounts(visit: Visit) -> dict[str, Fen]:
    """Return the amounts that a sum may name; nothing counts of a visit that isn't paid."""
    claim, said = visit.claim, visit.expected
    if said.fund is None:
        return {}
    return {
        "total": claim.total_fen,
        "own_pay": claim.own_pay_fen,
        "over_limit": claim.over_limit_fen,
        "first_pay": claim.first_pay_fen,
        "in_scope": claim.in_scope_fen,
        **_stated(said),
    }


def _sequence(case: Case) -> Iterator[str]:
    """Yield what is wrong between the visits of a case."""
    for one, other in pairwise(case.visits):
        if other.claim.discharged_on < one.claim.discharged_on:
            yield f"the visit of {other.claim.discharged_on} comes after a later one"
        if other.claim.birth_date != one.claim.birth_date:
            yield "a case is about one member, who has one birth date"
    if case.sum is None:
        return
    for name, amount in case.sum:
        actual = sum(_amounts(visit).get(name, 0) for visit in case.visits)
        if amount is not None and amount != actual:
            yield f"the visits' {name} is {format_yuan(actual)}, sum says {format_yuan(amount)}"
