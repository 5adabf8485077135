"""Posting a matched line: journal, positions and period in one transaction."""

from __future__ import annotations

from datetime import date

from clearing.calendar import civil_date
from clearing.frozen import replace
from clearing.journal import JOURNAL, JournalLine, JournalState, PublishedHead, entries_for
from clearing.messages import JournalHeadPublished
from clearing.period import Period, posting_for
from clearing.position import Position, moved, position_key
from clearing.reconcile import BookLine
from services.clearing_house.chains import append, head
from services.node import topics
from services.node.addressing import EVERY_INSURED
from services.node.context import Context


def post(line: BookLine, context: Context) -> None:
    """Enter a line that both sides reported alike; one without an amount posts nothing."""
    periods = context.table(Period)
    entries = entries_for(line, posting_for(line.business_time, periods.get))
    if not entries:
        return
    _move_on(civil_date(line.business_time), context)
    positions = context.table(Position)
    for entry in entries:
        posted = append(context.uow, entry)
        positions.put(moved(positions.get(*position_key(posted)), posted))


def _move_on(day: date, context: Context) -> None:
    """Note the latest business day posted; when it moves on, the day before it is told."""
    states = context.table(JournalState)
    state = states.get(JOURNAL)
    if state is None:
        states.put(JournalState(JOURNAL, day, 0))
    elif day > state.posting_on:
        publish_head(context)
        told = states.get(JOURNAL) or state
        states.put(replace(told, posting_on=day))


def publish_head(context: Context) -> None:
    """Tell every region how the journal ends, unless they have been told already."""
    states = context.table(JournalState)
    state, end = states.get(JOURNAL), head(context.uow, JournalLine)
    if state is None or state.published_sequence == end.sequence:
        return
    append(
        context.uow,
        PublishedHead(
            sequence=0,
            on=state.posting_on,
            journal_sequence=end.sequence,
            journal_hash=end.hash,
            published_at=context.now,
            previous_hash="",
            hash="",
        ),
    )
    states.put(replace(state, published_sequence=end.sequence))
    context.send(
        EVERY_INSURED,
        "head",
        JournalHeadPublished(on=state.posting_on, sequence=end.sequence, hash=end.hash),
        correlation_id=f"journal-head-{end.sequence}",
        topic=topics.HEADS,
    )
