"""What became of a request: stored answers, and views of what is not known yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clearing.errors import NotFound, YidiError
from services.care_region import commands
from services.care_region.answers import OutcomeAnswer, ReversalAnswer, SettlementAnswer
from services.care_region.records import Settlement, Undo
from services.care_region.settlement_view import unknown_view_of, view_of
from services.node.context import Context
from services.node.records import RequestEntry, RequestStatus


def get_outcome(
    command: commands.GetOutcome, context: Context, *, decode: Callable[[str, bytes], Any]
) -> OutcomeAnswer:
    """Return a request's stored answer, or that it is still unknown."""
    entry = context.table(RequestEntry).get(command.institution_id, command.request_id)
    if entry is None:
        raise NotFound(
            "request_unknown",
            "this node never saw the request; it may be sent",
            "本节点未收到该请求",
            field="request_id",
        )
    if entry.status is RequestStatus.TOMBSTONE:
        return OutcomeAnswer(
            "",
            code="request_reversed",
            message_zh="请求在到达之前已被冲正",
            message_en="the request was reversed before it came",
        )
    if entry.status is RequestStatus.REFUSED:
        return OutcomeAnswer(
            entry.kind,
            code=entry.code,
            message_zh=entry.message_zh,
            message_en=entry.message_en,
        )
    if entry.status is RequestStatus.PENDING:
        undo = context.table(Undo).get(entry.correlation_id)
        settlement_id = entry.correlation_id if undo is None else undo.settlement_id
        settlement = context.table(Settlement).get(settlement_id)
        return OutcomeAnswer(
            entry.kind,
            pending=True,
            code=entry.code,
            message_zh=entry.message_zh,
            message_en=entry.message_en,
            settlement=None if settlement is None else unknown_view_of(settlement, entry),
        )
    answer = decode(entry.answer_kind, entry.body)
    return OutcomeAnswer(
        entry.kind,
        settlement=_as_it_stands(answer, entry, context)
        if isinstance(answer, SettlementAnswer)
        else None,
        reversal=answer if isinstance(answer, ReversalAnswer) else None,
    )


def _as_it_stands(
    answer: SettlementAnswer, entry: RequestEntry, context: Context
) -> SettlementAnswer:
    """Return the settlement as it is now; a cancellation's own answer while that one stands.

    A restored settlement is settled again, perhaps with less from the account than before.
    """
    settlement = context.table(Settlement).get(answer.settlement_id)
    assert settlement is not None
    stands = settlement.undo_id == entry.correlation_id and settlement.state is answer.state
    return answer if stands else view_of(settlement)


def late_settlement(command: commands.LateSettlement, context: Context) -> SettlementAnswer:
    """Return that what a settle or cancellation request came to is not known yet."""
    entry = context.table(RequestEntry).get(command.institution_id, command.request_id)
    assert entry is not None
    undo = context.table(Undo).get(entry.correlation_id)
    settlement_id = entry.correlation_id if undo is None else undo.settlement_id
    settlement = context.table(Settlement).get(settlement_id)
    assert settlement is not None
    return unknown_view_of(settlement, entry)


def late_reversal(command: commands.LateReversal, context: Context) -> ReversalAnswer:
    """Return that a reversal is not known yet."""
    entry = context.table(RequestEntry).get(command.institution_id, command.request_id)
    assert entry is not None
    undo = context.table(Undo).get(entry.correlation_id)
    return pending_reversal(undo.settlement_id if undo else "", entry)


def pending_reversal(settlement_id: str, reason: RequestEntry | YidiError) -> ReversalAnswer:
    """Return what is said of a reversal without a final answer, and why where that is known."""
    return ReversalAnswer(
        "pending",
        settlement_id,
        code=reason.code,
        message_zh=reason.message_zh,
        message_en=reason.message_en,
    )
