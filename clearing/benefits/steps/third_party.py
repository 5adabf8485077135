"""What a third party's liability does to a visit's cost and to what the funds pay.

These are no steps that a care type lists: the region says once, for each cause, who pays
(``causes`` in ``policy.yaml``), and the cell puts them around the listed steps.
"""

from __future__ import annotations

from clearing.benefits.claim import Explained
from clearing.benefits.steps.arithmetic import (
    left_after_funds,
    paid_by_funds,
    remaining,
    smaller,
    units_of,
)
from clearing.benefits.steps.op import (
    ACCOUNT_LIMIT,
    COMPENSATION,
    COUNTED,
    FUND_SLOTS,
    IN_SCOPE,
    RECOVERABLE,
    RUNNING_U,
    TOTAL,
    BoundStep,
    Looked,
    Op,
    Scope,
    Trace,
)
from clearing.benefits.steps.words import explained, funds_so_far
from clearing.money import format_yuan

_FUNDS = tuple(FUND_SLOTS.values())


def less_compensation(says: Looked) -> BoundStep:
    """Take a third party's compensation off the in-scope cost, before every other step."""

    def explain(trace: Trace) -> tuple[Explained, ...]:
        cost, left = format_yuan(trace.before[IN_SCOPE]), trace.after[IN_SCOPE]
        paid, rest = format_yuan(trace.before[COMPENSATION]), format_yuan(left)
        inputs = {"in_scope": cost, "compensation": paid}
        zh = f"第三方赔偿 {paid} 元, 政策范围内费用 {cost} 元中余 {rest} 元按规定支付"
        en = f"the third party pays {paid} yuan; of the in-scope {cost}, {rest} are left"
        return (explained("less_compensation", says, (zh, en), inputs, left, left),)

    ops = (
        Op(remaining, (IN_SCOPE, COMPENSATION), (), (), COUNTED),
        Op(units_of, (COUNTED,), (), (), RUNNING_U),
        Op(remaining, (IN_SCOPE, COMPENSATION), (), (), IN_SCOPE),
    )
    return BoundStep(ops, (), explain)


def account_less_compensation(scope: Scope) -> BoundStep:
    """Keep the personal account from paying what the third party pays, after every other step."""
    left = scope.slot()
    ops = (
        Op(left_after_funds, (TOTAL, *_FUNDS), (), (), left),
        Op(remaining, (left, COMPENSATION), (), (), left),
        Op(smaller, (ACCOUNT_LIMIT, left), (), (), ACCOUNT_LIMIT),
    )
    return BoundStep(ops, (), _silent)


def book_recoverable(says: Looked) -> BoundStep:
    """Book what the funds paid for a liable third party, after every other step."""

    def explain(trace: Trace) -> tuple[Explained, ...]:
        booked = trace.after[RECOVERABLE]
        amount = format_yuan(booked)
        zh = f"基金先行支付 {amount} 元, 由参保地经办机构向第三方追偿"
        en = f"the funds pay {amount} yuan first; the insured region recovers it"
        inputs = {"recoverable": amount}
        paid = funds_so_far(trace.after)
        return (explained("book_recoverable", says, (zh, en), inputs, booked, paid),)

    return BoundStep((Op(paid_by_funds, _FUNDS, (), (), RECOVERABLE),), (), explain)


def _silent(_trace: Trace) -> tuple[Explained, ...]:
    """Say nothing: the compensation was explained where it came off the cost."""
    return ()
