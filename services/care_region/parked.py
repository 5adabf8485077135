"""Messages set aside, here or by an insured region: what callers are told, what may be given up.

A request of which a message is parked is *unknown*, with the reason's code; it stays pending,
and a replay decides it.
"""

from __future__ import annotations

from clearing.errors import Rejected, YidiError
from clearing.messages import (
    DebitDecided,
    DebitUndone,
    RequestParked,
    SettlementDecided,
    UndoDecided,
)
from clearing.settlement import SettlementState
from services.care_region.account_leg import is_within_limit
from services.care_region.answers import ReversalAnswer, SettlementAnswer
from services.care_region.open_questions import set_aside
from services.care_region.outcome import pending_reversal
from services.care_region.records import Debit, DebitState, Settlement, Undo
from services.care_region.results import is_known
from services.care_region.settle import as_decided
from services.care_region.settlement_view import unknown_view_of
from services.care_region.undo_result import REVERSAL
from services.node.context import Context
from services.node.parking import BEHIND


def on_request_parked(told: RequestParked, context: Context) -> None:
    """Tell whoever waits that an insured region has set the request aside."""
    reason = YidiError(told.code, told.message_en, told.message_zh)
    was_said = _set_aside(told, context)
    if was_said and told.code == BEHIND:
        return  # the same question, asked again, behind itself
    if told.undo_id:
        _tell_undo(told.undo_id, reason, context)
    else:
        _tell_settlement(told.settlement_id, reason, context)


def _set_aside(told: RequestParked, context: Context) -> bool:
    """Ask less often what the other region keeps for a person; tell whether it had said so."""
    if told.undo_id:
        return set_aside(told.undo_id, context)
    settlement = context.table(Settlement).get(told.settlement_id)
    debit = None if settlement is None else context.table(Debit).get(settlement.debit_id)
    return debit is not None and set_aside(debit.debit_undo_id, context)


def on_settlement_decided_parked(
    decided: SettlementDecided, reason: YidiError, context: Context
) -> None:
    """Tell whoever waits for a decision that this node has set aside."""
    _tell_settlement(decided.settlement_id, reason, context)


def on_undo_decided_parked(decided: UndoDecided, reason: YidiError, context: Context) -> None:
    """Tell whoever waits for an undo whose decision this node has set aside."""
    _tell_undo(decided.undo_id, reason, context)


def on_debit_parked(
    message: DebitDecided | DebitUndone, reason: YidiError, context: Context
) -> None:
    """Tell whoever waits for account money."""
    _tell_settlement(message.settlement_id, reason, context)


def give_up_decision(decided: SettlementDecided, context: Context) -> None:
    """Let a decision be discarded that nobody awaits or knows, or whose amounts cannot be.

    What such a one had settled is undone by its reversal. Raises ``Rejected`` for another.
    """
    settlement = context.table(Settlement).get(decided.settlement_id)
    if settlement is None or settlement.state is not SettlementState.REQUESTED:
        return
    try:
        as_decided(settlement, decided)
    except Rejected:
        return  # no replay will ever take it
    raise _awaited("the decision of a settlement")


def give_up_undo_decision(decided: UndoDecided, context: Context) -> None:
    """Let an undo's decision be discarded that nobody awaits or knows. Raises ``Rejected``.

    One that is not known is asked for again, ever less often, and set aside again until this node
    is upgraded.
    """
    undo = context.table(Undo).get(decided.undo_id)
    if undo is not None and undo.awaits_policy and is_known(decided):
        raise _awaited("the decision of a cancellation or reversal")


def give_up_debit_decision(decided: DebitDecided, context: Context) -> None:
    """Let a debit's decision be discarded that nobody knows, where no money moved, or too much.

    Such a debit is given up after its deadline and undone. Raises ``Rejected``.
    """
    debit = context.table(Debit).get(decided.debit_id)
    if debit is None or not is_known(decided) or not is_within_limit(decided, debit):
        return
    if decided.result == "debited" and not debit.amount_fen:
        raise _awaited("account money that was drawn")


def give_up_debit_undone(undone: DebitUndone, context: Context) -> None:
    """Let a debit's undoing be discarded that is recorded already. Raises ``Rejected``.

    So may one of an amount that cannot be: it is asked for again.
    """
    debit = context.table(Debit).get(undone.debit_id)
    if debit is None or undone.amount_fen < 0:
        return
    if debit.state is not DebitState.UNDONE:
        raise _awaited("account money that was given back")


def _awaited(what: str) -> Rejected:
    return Rejected(
        "not_discardable",
        f"{what} is awaited, and the other region has committed it; replay the message",
        "对方地区已提交, 本地正在等待该消息, 不能丢弃, 请重放",
        field="id",
    )


def _tell_settlement(settlement_id: str, reason: YidiError, context: Context) -> None:
    """Tell who waits for a settlement, and who for its undoing."""
    settlement = context.table(Settlement).get(settlement_id)
    if settlement is None:
        return
    context.tell_unknown(
        settlement.institution_id,
        settlement.request_id,
        unknown_view_of(settlement, reason),
        reason,
    )
    undo = context.table(Undo).get(settlement.undo_id) if settlement.undo_id else None
    if undo is not None and undo.awaits_account:
        _tell_undo(undo.undo_id, reason, context)


def _tell_undo(undo_id: str, reason: YidiError, context: Context) -> None:
    undo = context.table(Undo).get(undo_id)
    if undo is None:
        return
    settlement = context.table(Settlement).get(undo.settlement_id) if undo.settlement_id else None
    view: SettlementAnswer | ReversalAnswer
    if undo.kind == REVERSAL or settlement is None:
        view = pending_reversal(undo.settlement_id, reason)
    else:
        view = unknown_view_of(settlement, reason)
    context.tell_unknown(undo.institution_id, undo.request_id, view, reason)
