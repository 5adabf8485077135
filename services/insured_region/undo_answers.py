"""Answers to what care regions want undone, kept: asked again, a region says the same again."""

from __future__ import annotations

from collections.abc import Iterable

from clearing.messages import (
    Address,
    DebitUndone,
    DebitUndoRequested,
    Role,
    UndoDecided,
    UndoRequested,
)
from clearing.money import Fen
from clearing.ports import UnitOfWork
from services.insured_region.records import UndoAnswer
from services.node.context import Context


def want_answers(keys: Iterable[tuple[str, str]], unit: UnitOfWork) -> None:
    """Have read what was answered to these undoings, by care region and id."""
    unit.table(UndoAnswer).want(keys)


def answered_again(asked: UndoRequested, context: Context) -> bool:
    """Say again what was said before; ``False`` where this was not answered yet."""
    known = context.table(UndoAnswer).get(asked.care_region, asked.undo_id)
    if known is None:
        return False
    _tell(asked, known, context)
    return True


def answer(asked: UndoRequested, decided: UndoDecided, context: Context) -> None:
    """Answer, and keep what was said."""
    kept = UndoAnswer(
        care_region=asked.care_region,
        undo_id=decided.undo_id,
        business_time=context.business_time,
        result=decided.result,
        code=decided.code,
        message_zh=decided.message_zh,
        message_en=decided.message_en,
        settlement_id=decided.settlement_id,
    )
    context.table(UndoAnswer).put(kept)
    _tell(asked, kept, context)


def given_back_again(asked: DebitUndoRequested, context: Context) -> bool:
    """Say again what was given back; ``False`` where this was not answered yet."""
    known = context.table(UndoAnswer).get(asked.care_region, asked.debit_undo_id)
    if known is None:
        return False
    _tell_given_back(asked, known, context)
    return True


def answer_given_back(asked: DebitUndoRequested, amount_fen: Fen, context: Context) -> None:
    """Say what was given back, and keep that."""
    kept = UndoAnswer(
        asked.care_region, asked.debit_undo_id, context.business_time, amount_fen=amount_fen
    )
    context.table(UndoAnswer).put(kept)
    _tell_given_back(asked, kept, context)


def _tell(asked: UndoRequested, kept: UndoAnswer, context: Context) -> None:
    context.send(
        Address(Role.CARE, asked.care_region),
        asked.member_id,
        UndoDecided(
            asked.undo_id,
            asked.kind,
            kept.result,
            kept.code,
            kept.message_zh,
            kept.message_en,
            kept.settlement_id,
        ),
        correlation_id=asked.settlement_id or asked.undo_id,
        business_time=kept.business_time,
    )


def _tell_given_back(asked: DebitUndoRequested, kept: UndoAnswer, context: Context) -> None:
    context.send(
        Address(Role.CARE, asked.care_region),
        asked.account_id,
        DebitUndone(asked.debit_undo_id, asked.debit_id, asked.settlement_id, kept.amount_fen),
        correlation_id=asked.settlement_id,
        business_time=kept.business_time,
    )
