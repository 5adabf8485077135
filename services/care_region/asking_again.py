"""What a care region does about time: late debits are given up, open questions asked again."""

from __future__ import annotations

from services.care_region.account_leg import give_up_late_debits, send_debit_undo
from services.care_region.open_questions import overdue
from services.care_region.records import Debit, Undo
from services.care_region.undo import send_undo
from services.node.context import Context


def on_tick(context: Context) -> None:
    """Look at ages, in a transaction of its own."""
    give_up_late_debits(context)
    ask_again(context)


def ask_again(context: Context) -> None:
    """Ask other regions once more to undo what they have not answered for long."""
    for question in overdue(context):
        context.business_time = question.business_time
        if question.debit_id:
            debit = context.table(Debit).get(question.debit_id)
            assert debit is not None, "it was asked because of it"
            send_debit_undo(debit, context)
        else:
            undo = context.table(Undo).get(question.question_id)
            assert undo is not None, "it was asked because of it"
            send_undo(undo, context)
