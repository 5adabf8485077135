"""What other regions were asked to undo and have not answered: it is asked again, ever less often.

Most answers come within a second. One stays away for good where its message was lost: discarded
because nobody could read it, or in a log that did not keep what it had taken. The other region
keeps what it answered and says the same once more, so asking again undoes nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from clearing.frozen import replace
from services.care_region.records import OpenQuestion
from services.node.context import Context

ASK_AGAIN_MS = 10 * 60 * 1000
"""The first wait; each is twice the one before, so that a region that is away for long, or has
set the question aside, does not find hundreds of them."""

LONGEST_MS = 24 * 60 * 60 * 1000
MOST_AT_ONCE = 100
"""Questions asked again in one tick: each is a message of its own."""

_PAGE = 1_000


def open_question(question_id: str, context: Context, *, debit_id: str = "") -> None:
    """Note that it was asked."""
    context.table(OpenQuestion).put(
        OpenQuestion(question_id, debit_id, context.business_time, context.now)
    )


def close_question(question_id: str, context: Context) -> None:
    """Note that the answer is there."""
    context.table(OpenQuestion).delete(question_id)


def overdue(context: Context) -> Iterator[OpenQuestion]:
    """Yield questions to be asked again, and note that they are."""
    questions = context.table(OpenQuestion)
    for found, each in enumerate(_due(context)):
        if found == MOST_AT_ONCE:
            return
        questions.put(replace(each, asked_at=context.now, times=each.times + 1))
        yield each


def _due(context: Context) -> Iterator[OpenQuestion]:
    after: tuple[str] | None = None
    while True:
        page = context.table(OpenQuestion).scan(after, _PAGE)
        for each in page:
            waits_ms = min(ASK_AGAIN_MS << (each.times - 1), LONGEST_MS)
            if context.now - each.asked_at >= waits_ms:
                yield each
        if len(page) < _PAGE:
            return
        after = (page[-1].question_id,)
