"""Requests set aside: the care region is told at once, and one that is given up is answered.

No *unknown* lasts: a replay decides the request (or finds it expired), and discarding it answers
that it had no effect.
"""

from __future__ import annotations

from clearing.errors import Rejected, YidiError
from clearing.messages import (
    Address,
    DebitDecided,
    DebitRequested,
    DebitUndoRequested,
    RequestParked,
    Role,
    SettlementDecided,
    SettleRequested,
    UndoDecided,
    UndoRequested,
)
from services.insured_region.records import CareRequest, Debit, DebitState, RequestKind
from services.insured_region.undo_answers import answer, answered_again, given_back_again
from services.node.context import Context

_CODE = "message_discarded"
_ZH = "参保地未能处理该请求并已放弃, 未产生任何结果"
_EN = "the insured region could not process the request and gave it up; it had no effect"


def on_settlement_parked(asked: SettleRequested, reason: YidiError, context: Context) -> None:
    """Tell the care region why a settlement is not decided yet."""
    _tell(asked, asked.member_id, reason, context, settlement_id=asked.settlement_id)


def on_undo_parked(asked: UndoRequested, reason: YidiError, context: Context) -> None:
    """Tell the care region why a cancellation or reversal is not decided yet."""
    _tell(asked, asked.member_id, reason, context, undo_id=asked.undo_id)


def on_debit_parked(
    asked: DebitRequested | DebitUndoRequested, reason: YidiError, context: Context
) -> None:
    """Tell the care region why account money is neither drawn nor given back yet."""
    _tell(asked, asked.account_id, reason, context, settlement_id=asked.settlement_id)


def give_up_settlement(asked: SettleRequested, context: Context) -> None:
    """Answer a settle request that will never be decided: it expired without effect."""
    requests = context.table(CareRequest)
    key = (asked.care_region, asked.institution_id, asked.request_id)
    if requests.get(*key) is not None:
        return  # reversed before it came: that answered it
    requests.put(CareRequest(*key, RequestKind.SETTLE, asked.settlement_id))
    context.send(
        Address(Role.CARE, asked.care_region),
        asked.member_id,
        SettlementDecided(
            asked.settlement_id, asked.institution_id, asked.request_id, "expired", _CODE, _ZH, _EN
        ),
        correlation_id=asked.settlement_id,
    )


def give_up_undo(asked: UndoRequested, context: Context) -> None:
    """Refuse a cancellation or reversal that will never be carried out: nothing was undone.

    Where it came a second time, what was said the first time stands.
    """
    if answered_again(asked, context):
        return
    decided = UndoDecided(
        asked.undo_id, asked.kind, "refused", _CODE, _ZH, _EN, asked.settlement_id
    )
    answer(asked, decided, context)


def give_up_debit(asked: DebitRequested, context: Context) -> None:
    """Refuse a debit that will never be drawn: that part is cash."""
    debits = context.table(Debit)
    if debits.get(asked.debit_id) is not None:
        return  # given back before it came: that answered it
    debits.put(
        Debit(
            debit_id=asked.debit_id,
            account_id=asked.account_id,
            settlement_id=asked.settlement_id,
            care_region=asked.care_region,
            state=DebitState.REFUSED,
            scheme=asked.scheme,
            care_type=asked.care_type,
            code=_CODE,
        )
    )
    context.send(
        Address(Role.CARE, asked.care_region),
        asked.account_id,
        DebitDecided(asked.debit_id, asked.settlement_id, "refused", _CODE),
        correlation_id=asked.settlement_id,
    )


def give_up_debit_undo(asked: DebitUndoRequested, context: Context) -> None:
    """Never give this up, somebody's money would stay drawn, unless it was done before.

    Raises ``Rejected``.
    """
    if given_back_again(asked, context):
        return
    raise Rejected(
        "not_discardable",
        f"account money of settlement {asked.settlement_id} is to be given back; replay it",
        "账户资金待退回, 不能丢弃, 请重放",
        field="id",
    )


def _tell(
    asked: SettleRequested | UndoRequested | DebitRequested | DebitUndoRequested,
    key: str,
    reason: YidiError,
    context: Context,
    *,
    settlement_id: str = "",
    undo_id: str = "",
) -> None:
    context.send(
        Address(Role.CARE, asked.care_region),
        key,
        RequestParked(reason.code, reason.message_zh, reason.message_en, settlement_id, undo_id),
        correlation_id=settlement_id or undo_id,
    )
