"""Step ``cap_payment``: a *cap on payment* (最高支付限额) of one fund.

One or more limits, a visit's, a day's, a month's or a year's: all must hold.
"""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import model_validator

from clearing.benefits.claim import Explained, Fund
from clearing.benefits.steps.arithmetic import (
    within_limit,
    within_raised_limit,
    within_visit_limit,
)
from clearing.benefits.steps.op import (
    CAP_INCREASE,
    FUND_SLOTS,
    BoundStep,
    Looked,
    Op,
    Period,
    Scope,
    Trace,
)
from clearing.benefits.steps.spec import Account, RuleModel, TableName
from clearing.benefits.steps.words import FUND_WORDS, explained, funds_so_far
from clearing.money import format_yuan

PERIOD_ZH: Final = {"visit": "每次", "day": "每日", "month": "每月", "year": "每年"}


class Limit(RuleModel):
    """One limit: a table in yuan and the account of what was paid in the period."""

    per: Period
    table: TableName
    account: Account | None = None

    @model_validator(mode="after")
    def _account_for_a_period(self) -> Self:
        if (self.per == "visit") != (self.account is None):
            raise ValueError("a visit's limit has no account, every other needs one")
        return self


class PaymentLimit(Limit):
    """A limit that may be raised by what the member's enrolment adds (参保激励)."""

    raised_by: Literal["cap_increase"] | None = None

    @model_validator(mode="after")
    def _raises_a_year(self) -> Self:
        if self.raised_by is not None and self.per != "year":
            raise ValueError("enrolment raises the cap of a year only")
        return self


class CapPayment(RuleModel):
    """Cut what ``fund`` pays to every one of ``limits``."""

    step: Literal["cap_payment"]
    fund: Fund
    limits: tuple[PaymentLimit, ...]

    def bind(self, scope: Scope) -> BoundStep:
        """Bind the limits that this cell has."""
        slot = FUND_SLOTS[self.fund]
        ops, adds, said = [], [], []
        for item in self.limits:
            cap = scope.lookup(item.table)
            account = scope.account(item.account, item.per) if item.account else None
            if account is None:
                ops.append(Op(within_visit_limit, (slot,), (), (cap.value,), slot))
            else:
                raised = item.raised_by is not None
                formula = within_raised_limit if raised else within_limit
                reads = (slot, CAP_INCREASE) if raised else (slot,)
                ops.append(Op(formula, reads, (account,), (cap.value,), slot))
                adds.append((account, slot))
            said.append((item, cap, account))

        def explain(trace: Trace) -> tuple[Explained, ...]:
            steps, amount = [], trace.before[slot]
            others = funds_so_far(trace.before) - amount
            for item, cap, account in said:
                asked, used = amount, 0 if account is None else trace.used[account]
                increase = trace.before[CAP_INCREASE] if item.raised_by else 0
                amount = max(0, min(amount, cap.value + increase - used))
                said_of = (asked, used, amount, increase)
                steps.append(_explained(self.fund, item.per, cap, said_of, others + amount))
            return tuple(steps)

        return BoundStep(tuple(ops), tuple(adds), explain)


def _explained(
    fund: Fund, per: Period, cap: Looked, amounts_fen: tuple[int, int, int, int], running_fen: int
) -> Explained:
    """Word one limit.

    The amounts are the payment asked for, what was paid before, this payment, and by what
    enrolment raises the limit.
    """
    asked_fen, used_fen, after_fen, increase_fen = amounts_fen
    inputs = {"payment": format_yuan(asked_fen), "cap": format_yuan(cap.value + increase_fen)}
    who_zh, who_en = FUND_WORDS[fund]
    zh = f"{who_zh}{PERIOD_ZH[per]}最高支付 {inputs['cap']} 元, "
    en = f"{who_en} pays at most {inputs['cap']} yuan a {per}"
    if increase_fen:
        inputs["increase"] = format_yuan(increase_fen)
        zh = f"{zh}其中参保激励提高 {inputs['increase']} 元, "
        en = f"{en}, raised by {inputs['increase']} for enrolment"
    if per != "visit":  # before a visit nothing of it can have been paid
        inputs["used"] = format_yuan(used_fen)
        zh, en = f"{zh}此前已付 {inputs['used']} 元, ", f"{en}, {inputs['used']} paid before"
    amount, asked = format_yuan(after_fen), inputs["payment"]
    if after_fen < asked_fen:
        zh = f"{zh}应付的 {asked} 元中本次只支付 {amount} 元"
        en = f"{en}; of the {asked} due only {amount} is paid here"
    else:
        zh, en = f"{zh}本次支付 {amount} 元, 未超限额", f"{en}; {amount} is paid here, within it"
    return explained("cap_payment", cap, (zh, en), inputs, after_fen, running_fen)
