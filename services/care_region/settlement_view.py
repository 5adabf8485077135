"""A settlement as the hospital sees it."""

from __future__ import annotations

from clearing.benefits.claim import Outcome
from clearing.errors import YidiError
from clearing.messages import CostSplit
from clearing.settlement import PaymentSplit, SettlementState, payment_of
from services.care_region.answers import SettlementAnswer
from services.care_region.records import Settlement
from services.node.records import RequestEntry

_WITH_PAYMENT = (SettlementState.SETTLED, SettlementState.CANCELLED, SettlementState.REVERSED)


def cost_split(settlement: Settlement) -> CostSplit:
    """Return the cost as it was split when the settlement was asked for."""
    return CostSplit(
        settlement.total_fen,
        settlement.own_pay_fen,
        settlement.over_limit_fen,
        settlement.first_pay_fen,
        settlement.in_scope_fen,
    )


def payment_split(settlement: Settlement) -> PaymentSplit:
    """Return who pays what, checked against the identities of the amounts.

    A refused settlement is all personal; one that is unknown, expired or for a person to
    decide has no amounts.
    """
    cost = cost_split(settlement)
    if settlement.state is SettlementState.REFUSED:
        return payment_of(cost, {})
    if settlement.state not in _WITH_PAYMENT or settlement.outcome is not Outcome.PAID:
        return PaymentSplit()
    return payment_of(
        cost,
        settlement.by_fund,
        account_fen=settlement.account_fen,
        deductible_fen=settlement.deductible_fen,
    )


def view_of(settlement: Settlement, *, negated: bool = False) -> SettlementAnswer:
    """Return the settlement as it is answered; ``negated`` as the record that takes it back.

    One whose account money is still awaited is unknown: what the patient pays in cash is not
    decided yet, and nobody may collect it.
    """
    if settlement.awaits_account and settlement.state is SettlementState.SETTLED:
        return unknown_view_of(settlement)
    cost, payment = cost_split(settlement), payment_split(settlement)
    return SettlementAnswer(
        settlement_id=settlement.settlement_id,
        visit_id=settlement.visit_id,
        state=settlement.state,
        outcome=settlement.outcome,
        code=settlement.code,
        message_zh=settlement.message_zh,
        message_en=settlement.message_en,
        cost=-cost if negated else cost,
        payment=-payment if negated else payment,
        flags=settlement.flags,
        policy_bundle=settlement.policy_bundle,
        catalogue_bundle=settlement.catalogue_bundle,
        illustrative=settlement.illustrative,
        account_code=settlement.account_code,
    )


def unknown_view_of(
    settlement: Settlement, reason: RequestEntry | YidiError | None = None
) -> SettlementAnswer:
    """Return what is said of a request that has no final answer yet, and why where known."""
    return SettlementAnswer(
        settlement_id=settlement.settlement_id,
        visit_id=settlement.visit_id,
        state=SettlementState.REQUESTED,
        code=reason.code if reason else "",
        message_zh=reason.message_zh if reason else "",
        message_en=reason.message_en if reason else "",
        cost=cost_split(settlement),
        catalogue_bundle=settlement.catalogue_bundle,
    )
