"""What a care region does about time: late debits are given up, open questions asked again."""

from __future__ import annotations

from services.care_region.account_leg import give_up_late_debits, send_debit_undo
from services.care_region.open_questions import asked_again, close_question, not_now, overdue
from services.care_region.records import Debit, DebitState, OpenQuestion, Undo
from services.care_region.undo import send_undo
from services.node import topics
from services.node.context import Context
from services.node.records import HeldKey


def on_tick(context: Context) -> None:
    """Look at ages, in a transaction of its own."""
    give_up_late_debits(context)
    ask_again(context)


def ask_again(context: Context) -> None:
    """Ask other regions once more to undo what they have not answered for long.

    What a question is about is held as it is: where another process takes the answer meanwhile,
    this is worked out anew, and the question is closed for good.
    """
    for question in overdue(context):
        context.business_time = question.business_time
        if question.debit_id:
            _ask_for_debit(question, context)
        else:
            _ask_for_undo(question, context)


def _ask_for_undo(question: OpenQuestion, context: Context) -> None:
    undos = context.table(Undo)
    undos.hold(question.question_id)
    undo = undos.get(question.question_id)
    if undo is None or not undo.awaits_policy:
        close_question(question.question_id, context)
    elif _is_held(undo.member_id, context):
        not_now(question, context)
    else:
        asked_again(question, context)
        send_undo(undo, context)


def _ask_for_debit(question: OpenQuestion, context: Context) -> None:
    debits = context.table(Debit)
    debits.hold(question.debit_id)
    debit = debits.get(question.debit_id)
    if debit is None or debit.state not in (DebitState.UNDOING, DebitState.GIVEN_UP):
        close_question(question.question_id, context)
    elif _is_held(debit.account_id, context):
        not_now(question, context)
    else:
        asked_again(question, context)
        send_debit_undo(debit, context)


def _is_held(key: str, context: Context) -> bool:
    """Tell whether an answer would wait behind a message that is parked here."""
    row = context.table(HeldKey).get(topics.inbound(context.address), key)
    return row is not None and row.unresolved > 0
