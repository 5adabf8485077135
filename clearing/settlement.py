"""A settlement: its states, who pays what, and the identities of its amounts.

E1 to E4 are those of the national interface's settlement record; they hold on every settlement
or the node stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from clearing.benefits.claim import CareType, Fund
from clearing.errors import InvariantBroken
from clearing.messages import CostSplit
from clearing.money import Fen


class SettlementState(StrEnum):
    """The states of a settlement.

    ``requested`` is *unknown* to the hospital, never failed. Cancellation (撤销) is a record of
    its own that undoes a settlement; reversal (冲正) undoes the request.
    """

    REQUESTED = "requested"
    SETTLED = "settled"
    REFUSED = "refused"
    MANUAL = "manual"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REVERSED = "reversed"


_MOVES: Mapping[SettlementState, frozenset[SettlementState]] = {
    SettlementState.REQUESTED: frozenset(
        {
            SettlementState.SETTLED,
            SettlementState.REFUSED,
            SettlementState.MANUAL,
            SettlementState.EXPIRED,
        }
    ),
    SettlementState.SETTLED: frozenset({SettlementState.CANCELLED, SettlementState.REVERSED}),
    SettlementState.MANUAL: frozenset({SettlementState.CANCELLED, SettlementState.REVERSED}),
    # Only a reversal of the cancellation leads back.
    SettlementState.CANCELLED: frozenset({SettlementState.SETTLED, SettlementState.MANUAL}),
    SettlementState.REFUSED: frozenset(),
    SettlementState.EXPIRED: frozenset(),
    SettlementState.REVERSED: frozenset(),
}


def move(state: SettlementState, to: SettlementState) -> SettlementState:
    """Return ``to``. Raises ``InvariantBroken`` when no settlement goes from one to the other."""
    if to not in _MOVES[state]:
        raise InvariantBroken(
            "settlement_state", f"a settlement cannot go from {state} to {to}", "结算状态流转错误"
        )
    return to


@dataclass(frozen=True, slots=True)
class PaymentSplit:
    """Who pays what of a visit, in 分.

    ``personal_fen`` is total less funds less hospital; ``account_fen`` and ``cash_fen`` are its
    two parts. ``deductible_fen`` is what the pooled fund left to others by its deductible, of
    which another fund may bear a part.
    """

    fund_fen: Fen = 0
    by_fund: Mapping[Fund, Fen] = field(default_factory=dict)
    personal_fen: Fen = 0
    account_fen: Fen = 0
    cash_fen: Fen = 0
    hospital_fen: Fen = 0
    deductible_fen: Fen = 0

    def __neg__(self) -> PaymentSplit:
        """Negate every part, as a record that takes the payment back."""
        return PaymentSplit(
            -self.fund_fen,
            {fund: -amount_fen for fund, amount_fen in self.by_fund.items()},
            -self.personal_fen,
            -self.account_fen,
            -self.cash_fen,
            -self.hospital_fen,
            -self.deductible_fen,
        )


def payment_of(
    cost: CostSplit,
    by_fund: Mapping[Fund, Fen],
    *,
    account_fen: Fen = 0,
    deductible_fen: Fen = 0,
) -> PaymentSplit:
    """Return who pays what, checked against E1 to E4 (raises ``InvariantBroken``)."""
    fund_fen = sum(by_fund.values())
    personal_fen = cost.total_fen - fund_fen
    payment = PaymentSplit(
        fund_fen=fund_fen,
        by_fund=dict(by_fund),
        personal_fen=personal_fen,
        account_fen=account_fen,
        cash_fen=personal_fen - account_fen,
        deductible_fen=deductible_fen,
    )
    check_amounts(cost, payment)
    return payment


def check_amounts(cost: CostSplit, payment: PaymentSplit) -> None:
    """Raise ``InvariantBroken`` naming the identity that does not hold.

    * E1: total = own-pay + over-limit + first-pay + in-scope;
    * E2: total = fund + personal + hospital;
    * E3: personal = account + cash;
    * E4: fund = sum over the funds; the personal account is none of them;
    * and no part of either split has another sign than the total.
    """
    total_fen, by_fund = cost.total_fen, payment.by_fund
    parts = (
        cost.own_pay_fen,
        cost.over_limit_fen,
        cost.first_pay_fen,
        cost.in_scope_fen,
        payment.personal_fen,
        payment.account_fen,
        payment.cash_fen,
        payment.deductible_fen,
        *by_fund.values(),
    )
    checks = (
        ("E1", total_fen == sum(parts[:4])),
        ("E2", total_fen == payment.fund_fen + payment.personal_fen + payment.hospital_fen),
        ("E3", payment.personal_fen == payment.account_fen + payment.cash_fen),
        ("E4", payment.fund_fen == sum(by_fund.values()) and Fund.PERSONAL_ACCOUNT not in by_fund),
        ("sign", max(parts) <= 0 if total_fen < 0 else min(parts) >= 0),
    )
    broken = [name for name, holds in checks if not holds]
    if broken:
        raise InvariantBroken(
            "amount_identity",
            f"{', '.join(broken)} does not hold: {cost} {payment}",
            f"金额恒等式 {', '.join(broken)} 不成立",
        )


_CLEARING_TYPES = {
    CareType.OUTPATIENT: "11",
    CareType.OUTPATIENT_SPECIAL: "11",
    CareType.INPATIENT: "21",
    CareType.PHARMACY: "41",
}


def clearing_type(care_type: CareType) -> str:
    """Return the national ``clr_type`` of a kind of care: 11, 21 or 41."""
    return _CLEARING_TYPES[care_type]
