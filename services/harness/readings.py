"""What nodes show of visits and books, in the words of a corpus."""

from __future__ import annotations

from typing import Any

from clearing.benefits.claim import Fund, Outcome, Scheme
from clearing.messages import CostSplit
from protos.care.v1 import care_pb2
from protos.common.v1 import common_pb2
from services.harness.corpus import FinalState, Payment, PositionKey, VisitResult
from services.harness.difference import DifferenceError
from services.harness.visit_player import PlayedVisit

_STATES = {
    common_pb2.SETTLEMENT_STATE_SETTLED: FinalState.SETTLED,
    common_pb2.SETTLEMENT_STATE_REFUSED: FinalState.REFUSED,
    common_pb2.SETTLEMENT_STATE_MANUAL: FinalState.MANUAL,
    common_pb2.SETTLEMENT_STATE_CANCELLED: FinalState.CANCELLED,
    common_pb2.SETTLEMENT_STATE_REVERSED: FinalState.REVERSED,
}
_OUTCOMES = {
    common_pb2.OUTCOME_UNSPECIFIED: None,
    common_pb2.OUTCOME_PAID: Outcome.PAID,
    common_pb2.OUTCOME_REFUSED: Outcome.REFUSED,
    common_pb2.OUTCOME_MANUAL: Outcome.MANUAL,
}
_FUNDS = {common_pb2.Fund.Value(f"FUND_{fund.name}"): fund for fund in Fund}
_SCHEMES = {common_pb2.Scheme.Value(f"SCHEME_{scheme.name}"): scheme for scheme in Scheme}


def visit_result(key: str, visit: care_pb2.Visit, played: PlayedVisit) -> VisitResult:
    """Return how a visit ended, as the care region has it."""
    if not visit.HasField("settlement"):
        if visit.state != care_pb2.VISIT_STATE_CANCELLED:
            state = care_pb2.VisitState.Name(visit.state)
            raise DifferenceError(key, "state", "a settlement or a withdrawal", state)
        return VisitResult(key, FinalState.WITHDRAWN, refusals=tuple(played.refusals))
    settlement = visit.settlement
    if settlement.state not in _STATES:
        state = common_pb2.SettlementState.Name(settlement.state)
        raise DifferenceError(key, "state", "one that is final", state)
    state = _STATES[settlement.state]
    outcome = _OUTCOMES[settlement.outcome]
    undecided = outcome is Outcome.MANUAL
    return VisitResult(
        key,
        state,
        outcome,
        settlement.code,
        tuple(settlement.flags),
        _cost(settlement.cost),
        None if undecided else _payment(settlement.payment),
        refusals=tuple(played.refusals),
    )


def position_key(line: Any) -> PositionKey:
    """Return the position that a journal line or a position row belongs to."""
    return PositionKey(
        line.payer_region,
        line.payee_region,
        _SCHEMES[line.scheme],
        line.clearing_type,
        _FUNDS[line.fund],
        line.period,
    )


def _cost(cost: common_pb2.CostSplit) -> CostSplit:
    return CostSplit(
        cost.total_fen, cost.own_pay_fen, cost.over_limit_fen, cost.first_pay_fen, cost.in_scope_fen
    )


def _payment(payment: common_pb2.PaymentSplit) -> Payment:
    return Payment(
        payment.fund_fen,
        {_FUNDS[part.fund]: part.amount_fen for part in payment.by_fund},
        payment.personal_fen,
        payment.account_fen,
        payment.cash_fen,
        payment.deductible_fen,
    )
