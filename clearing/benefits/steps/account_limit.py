"""Step ``account_limit``: how much of the personal part the personal account may pay.

The account is no fund: what it pays stays part of the personal amount.
"""

from __future__ import annotations

from typing import Literal

from clearing.benefits.claim import Explained
from clearing.benefits.steps.arithmetic import left_after_funds
from clearing.benefits.steps.op import (
    ACCOUNT_LIMIT,
    FUND_SLOTS,
    IN_SCOPE,
    TOTAL,
    BoundStep,
    Looked,
    Op,
    Scope,
    Trace,
)
from clearing.benefits.steps.spec import RuleModel
from clearing.benefits.steps.words import explained
from clearing.money import format_yuan
from clearing.rule_fields import Source, Words


class AccountLimit(RuleModel):
    """``of: personal`` is total less funds, ``of: burden`` in-scope cost less funds."""

    step: Literal["account_limit"]
    of: Literal["personal", "burden"]
    source: Source
    zh: Words
    en: Words

    def bind(self, scope: Scope) -> BoundStep:
        """Bind the cost it is taken of."""
        cost = TOTAL if self.of == "personal" else IN_SCOPE
        says = Looked("", scope.edition, self.source, self.zh, self.en, 0)

        def explain(trace: Trace) -> tuple[Explained, ...]:
            amount = trace.after[ACCOUNT_LIMIT]
            fund = sum(trace.after[slot] for slot in FUND_SLOTS.values())
            inputs = {"cost": format_yuan(trace.after[cost]), "fund": format_yuan(fund)}
            most = format_yuan(amount)
            zh = f"个人负担的费用中, 个人账户最多可支付 {most} 元"
            en = f"of the member's part the personal account may pay up to {most} yuan"
            return (explained("account_limit", says, (zh, en), inputs, amount, fund),)

        op = Op(left_after_funds, (cost, *FUND_SLOTS.values()), (), (), ACCOUNT_LIMIT)
        return BoundStep((op,), (), explain)
