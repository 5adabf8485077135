"""What other regions were asked to undo and have not answered: it is asked again, ever less often.

Most answers come within a second. One stays away for good where its message was lost: discarded
because nobody could read it, or in a log that did not keep what it had taken. The other region
keeps what it answered and says the same once more, so asking again undoes nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from clearing.calendar import Instant
from clearing.frozen import replace
from clearing.ports import UnitOfWork
from services.care_region.records import OpenQuestion
from services.node.context import Context

ASK_AGAIN_MS = 10 * 60 * 1000
"""The first wait; each is twice the one before, so that a region that is away for long does not
find hundreds of them."""

LONGEST_MS = 24 * 60 * 60 * 1000
"""The last wait, and the only one where the other region has said that it set the question aside:
it waits there for a person, and each further one waits behind it."""

LOOKED_AT = 1_000
"""Questions looked at where unanswered ones are counted."""

MOST_AT_ONCE = 100
"""Questions looked at in one tick: each may be a message of its own."""


def open_question(question_id: str, context: Context, *, debit_id: str = "") -> None:
    """Note that it was asked; ``debit_id`` is set where a debit is to be undone."""
    context.table(OpenQuestion).put(
        OpenQuestion(
            due_at=Instant(context.now + ASK_AGAIN_MS),
            question_id=question_id,
            debit_id=debit_id,
            business_time=context.business_time,
        )
    )


def close_question(question_id: str, context: Context) -> None:
    """Note that the answer is there."""
    for question in _known(question_id, context):
        context.table(OpenQuestion).delete(question.due_at, question.question_id)


def overdue(context: Context) -> Sequence[OpenQuestion]:
    """Return questions that have waited long enough, those that did longest first."""
    return context.table(OpenQuestion).scan(limit=MOST_AT_ONCE, below=(context.now + 1, ""))


def unanswered(uow: UnitOfWork) -> int:
    """Return how many questions had to be asked again, or were set aside, and still are open.

    Of those that are due first: more than an alert needs, and a look takes a few milliseconds.
    """
    found = uow.table(OpenQuestion).scan(limit=LOOKED_AT)
    return sum(question.times > 1 or question.set_aside for question in found)


def asked_again(question: OpenQuestion, context: Context) -> None:
    """Note that a question is asked again now."""
    waits_ms = LONGEST_MS
    if not question.set_aside:
        waits_ms = min(ASK_AGAIN_MS << question.times, LONGEST_MS)
    _put_off(replace(question, times=question.times + 1), waits_ms, question, context)


def not_now(question: OpenQuestion, context: Context) -> None:
    """Look at a question later, as if it had not been due."""
    _put_off(question, ASK_AGAIN_MS, question, context)


def set_aside(question_id: str, context: Context) -> bool:
    """Note that the other region keeps a question for a person; tell whether it had said so."""
    known = _known(question_id, context)
    for question in known:
        _put_off(replace(question, set_aside=True), LONGEST_MS, question, context)
    return any(question.set_aside for question in known)


def _known(question_id: str, context: Context) -> Sequence[OpenQuestion]:
    return context.table(OpenQuestion).select(question_id=question_id)


def _put_off(after: OpenQuestion, waits_ms: int, before: OpenQuestion, context: Context) -> None:
    questions = context.table(OpenQuestion)
    questions.delete(before.due_at, before.question_id)
    questions.put(replace(after, due_at=Instant(context.now + waits_ms)))
