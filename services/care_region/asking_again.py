"""What a care region does about time: late debits are given up, open questions asked again."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from services.care_region.account_leg import give_up_late_debits, send_debit_undo
from services.care_region.open_questions import asked_again, close_question, not_now, overdue
from services.care_region.records import Debit, DebitState, OpenQuestion, Undo
from services.care_region.undo import send_undo
from services.node import topics
from services.node.context import Context
from services.node.held_keys import held_rows


def on_tick(context: Context) -> None:
    """Look at ages, in a transaction of its own."""
    give_up_late_debits(context)
    ask_again(context)


def ask_again(context: Context) -> None:
    """Ask other regions once more to undo what they have not answered for long.

    What a question is about is held as it is: where another process takes the answer meanwhile,
    this is worked out anew, and the question is closed for good.
    """
    questions = overdue(context)
    if not questions:
        return
    undos = context.table(Undo).get_many((q.question_id,) for q in questions if not q.debit_id)
    debits = context.table(Debit).get_many((q.debit_id,) for q in questions if q.debit_id)
    here = topics.inbound(context.address)
    held = {row.key for row in held_rows(context.uow) if row.topic == here}
    for question in questions:
        context.business_time = question.business_time
        if question.debit_id:
            _ask_for_debit(question, debits.get((question.debit_id,)), held, context)
        else:
            _ask_for_undo(question, undos.get((question.question_id,)), held, context)


def _ask_for_undo(
    question: OpenQuestion, undo: Undo | None, held: AbstractSet[str], context: Context
) -> None:
    """Ask, but not while the answer would wait behind a message of a ``held`` key here."""
    context.table(Undo).hold(question.question_id)
    if undo is None or not undo.awaits_policy:
        close_question(question.question_id, context)
    elif undo.member_id in held:
        not_now(question, context)
    else:
        asked_again(question, context)
        send_undo(undo, context)


def _ask_for_debit(
    question: OpenQuestion, debit: Debit | None, held: AbstractSet[str], context: Context
) -> None:
    context.table(Debit).hold(question.debit_id)
    if debit is None or debit.state not in (DebitState.UNDOING, DebitState.GIVEN_UP):
        close_question(question.question_id, context)
    elif debit.account_id in held:
        not_now(question, context)
    else:
        asked_again(question, context)
        send_debit_undo(debit, context)
