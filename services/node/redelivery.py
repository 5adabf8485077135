"""What people do about dead letters: replay them or give them up; those behind follow."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.wire.envelopes import decode_envelope
from clearing.errors import Conflict, InvariantBroken, Malformed, Unavailable
from clearing.frozen import replace
from clearing.messages import Envelope
from services.node.addressing import is_for, misdirected
from services.node.context import Context
from services.node.dead_letters import UNRESOLVED, letter_of, unresolved_of
from services.node.desk_letters import (
    DeadLetterDiscarded,
    DeadLettersReplayed,
    DiscardDeadLetter,
    ReplayDeadLetters,
    id_of,
    shown,
)
from services.node.held_keys import recount, resolve
from services.node.parking import Reason, reason_of, tell_parked
from services.node.records import LetterState, ParkedRecord, SeenMessage
from services.node.role import Role

logger = logging.getLogger(__name__)

MAX_REPLAYED = 100
MAX_WHY = 500


def replay_dead_letters(
    command: ReplayDeadLetters, context: Context, *, role: Role
) -> DeadLettersReplayed:
    """Carry out parked messages now, each with those behind it.

    Where messages of a key wait and none is parked before them, the first leads the others.
    One that fails again stays parked and is part of the answer. Raises ``Unavailable`` where a
    message has to wait for somebody; nothing was then done.
    """
    act = _act(command.by, command.why, context)
    tried: list[ParkedRecord] = []
    for letter in _heads(command, act, context):
        if letter.state is LetterState.BEHIND:  # whoever lost what led it has miscounted as well
            recount(context.uow, letter.topic, letter.key, len(_behind(letter, context)))
        done = _replayed(letter, act, context, role)
        tried.append(done)
        if done.state is LetterState.REPLAYED:
            tried += _release(done, act, context, role)
    return DeadLettersReplayed(
        tuple(shown(row) for row in tried),
        replayed=sum(row.state is LetterState.REPLAYED for row in tried),
        failed=sum(row.state is LetterState.PARKED for row in tried),
        unresolved=unresolved_of(context),
    )


def discard_dead_letter(
    command: DiscardDeadLetter, context: Context, *, role: Role
) -> DeadLetterDiscarded:
    """Give a message up; where others waited behind it, they go on.

    Raises ``Rejected`` (``not_discardable``) where the role cannot do without it.
    """
    act = _act(command.by, command.why, context)
    letter = _unresolved(command.id, "id", context)
    envelope = _readable(letter, context)
    if envelope is not None and not _was_seen(envelope, context):
        on_discarded = role.on_discarded.get(type(envelope.body))
        if on_discarded is not None:
            inner = _inside(envelope, context)
            on_discarded(envelope.body, inner)
            _merge(inner, context)
        # Its repeats are ignored as well.
        context.table(SeenMessage).put(SeenMessage(envelope.message_id, context.now))
    gone = _resolved(letter, LetterState.DISCARDED, act, context)
    released: Sequence[ParkedRecord] = ()
    if letter.state is LetterState.PARKED:
        released = _release(gone, act, context, role)
    return DeadLetterDiscarded(
        shown(gone), tuple(shown(row) for row in released), unresolved_of(context)
    )


@dataclass(frozen=True, slots=True)
class _Act:
    by: str
    why: str
    request_id: str

    def on(self, letter: ParkedRecord, context: Context) -> ParkedRecord:
        """Return the letter with this act noted."""
        return replace(
            letter,
            acted_at=context.now,
            act_by=self.by,
            act_why=self.why,
            act_request_id=self.request_id,
        )


def _act(by: str, why: str, context: Context) -> _Act:
    for field, text in (("by", by), ("why", why)):
        if not text.strip() or len(text) > MAX_WHY:
            raise Malformed(
                "who_and_why",
                f"say who acts and why, each in up to {MAX_WHY} characters",
                "必须说明操作人和原因",
                field=field,
            )
    assert context.meta is not None
    return _Act(by, why, context.meta.request_id)


def _heads(command: ReplayDeadLetters, act: _Act, context: Context) -> Iterator[ParkedRecord]:
    """Yield the letters to replay, each as it stands when its turn comes."""
    if len(command.ids) > MAX_REPLAYED:
        raise Malformed(
            "too_many_letters", f"at most {MAX_REPLAYED} at a time", "一次条数超限", field="ids"
        )
    for number, letter_id in enumerate(command.ids):
        field = f"ids[{number}]"
        if letter_of(letter_id, field, context).act_request_id == act.request_id:
            continue  # it followed one before it in the list
        letter = _unresolved(letter_id, field, context)
        leader = id_of(_leader(letter, context))
        if leader != letter_id:
            first = f"{context.address}/{leader}"  # as it is called where letters are listed
            raise Conflict(
                "letter_behind",
                f"{letter_id} waits behind {first}, an earlier message of its key; replay that",
                f"{letter_id} 排在同一参保人较早的搁置消息 {first} 之后, 请先处理该消息",
                field=field,
            )
        yield letter
    if not command.ids:
        wanted = [row for row in _first_ones(context) if command.code in ("", row.code)]
        yield from sorted(wanted, key=lambda row: (row.parked_at, *_place(row)))[:MAX_REPLAYED]


def _place(letter: ParkedRecord) -> tuple[int, int]:
    """Return where the log has a letter: of one key, that is the order in which it was sent."""
    return letter.partition, letter.offset


def _first_ones(context: Context) -> list[ParkedRecord]:
    """Return the parked letters, and the first of each key whose letters wait behind none."""
    table = context.table(ParkedRecord)
    parked = list(table.select(state=LetterState.PARKED))
    led = {(row.topic, row.key) for row in parked}
    for row in sorted(table.select(state=LetterState.BEHIND), key=_place):
        if (row.topic, row.key) not in led:
            led.add((row.topic, row.key))
            parked.append(row)
    return parked


def _leader(letter: ParkedRecord, context: Context) -> ParkedRecord:
    """Return what has to be dealt with first of a letter's key: itself, where nothing else has."""
    if letter.state is LetterState.PARKED:
        return letter
    same_key = context.table(ParkedRecord).select(topic=letter.topic, key=letter.key)
    parked = [row for row in same_key if row.state is LetterState.PARKED]
    return min(parked or _behind(letter, context), key=_place)


def _behind(head: ParkedRecord, context: Context) -> list[ParkedRecord]:
    """Return what waits of a letter's key, in order."""
    same_key = context.table(ParkedRecord).select(topic=head.topic, key=head.key)
    # Not by when they were set aside: that was told by the clocks of several processes.
    return sorted((row for row in same_key if row.state is LetterState.BEHIND), key=_place)


def _unresolved(letter_id: str, field: str, context: Context) -> ParkedRecord:
    letter = letter_of(letter_id, field, context)
    if letter.state not in UNRESOLVED:
        raise Conflict(
            "letter_resolved",
            f"{letter_id} was {letter.state} by {letter.act_by}",
            f"{letter_id} 已处理({letter.state})",
            field=field,
        )
    return letter


def _release(head: ParkedRecord, act: _Act, context: Context, role: Role) -> Sequence[ParkedRecord]:
    """Carry out what waits behind a letter, in order, until one fails and is parked itself."""
    tried: list[ParkedRecord] = []
    for letter in _behind(head, context):
        tried.append(_replayed(letter, act, context, role))
        if tried[-1].state is not LetterState.REPLAYED:
            break
    return tried


def _replayed(letter: ParkedRecord, act: _Act, context: Context, role: Role) -> ParkedRecord:
    """Carry a letter out; return it as it stands afterwards."""
    letter = replace(letter, attempts=letter.attempts + 1, last_at=context.now)
    try:
        envelope = decode_envelope(letter.value)
        if not is_for(envelope.receiver, context.address):
            raise misdirected(envelope.receiver)
        if not _was_seen(envelope, context):
            inner = _inside(envelope, context)
            with context.uow.attempt():
                seen = SeenMessage(envelope.message_id, letter.appended_at)
                context.table(SeenMessage).put(seen)
                role.handle(envelope.body, inner)
            _merge(inner, context)
    except (InvariantBroken, Unavailable):
        raise
    except Exception as error:
        reason = reason_of(error)
        logger.warning("%s: %s fails again: %s", context.address, id_of(letter), reason.code)
        return _failed(letter, reason, act, context, role)
    return _resolved(letter, LetterState.REPLAYED, act, context)


def _failed(
    letter: ParkedRecord, reason: Reason, act: _Act, context: Context, role: Role
) -> ParkedRecord:
    letter = replace(
        act.on(letter, context), state=LetterState.PARKED, code=reason.code, reason=reason.words
    )
    context.table(ParkedRecord).put(letter)
    envelope = _readable(letter, context)
    if envelope is not None:
        inner = _inside(envelope, context)
        if tell_parked(envelope, reason, inner, role):
            _merge(inner, context)
    return letter


def _resolved(
    letter: ParkedRecord, state: LetterState, act: _Act, context: Context
) -> ParkedRecord:
    letter = replace(act.on(letter, context), state=state)
    context.table(ParkedRecord).put(letter)
    resolve(context.uow, letter.topic, letter.key, 1)
    return letter


def _readable(letter: ParkedRecord, context: Context) -> Envelope | None:
    """Return what a letter says to this node; ``None`` where that is nothing."""
    try:
        envelope = decode_envelope(letter.value)
    except Malformed:
        return None
    return envelope if is_for(envelope.receiver, context.address) else None


def _was_seen(envelope: Envelope, context: Context) -> bool:
    return context.table(SeenMessage).get(envelope.message_id) is not None


def _inside(envelope: Envelope, context: Context) -> Context:
    """Return the context of a message that is carried out within an act.

    Its deadline is one of logged time, and counts even where a replay of old days is unhurried.
    """
    return replace(
        context,
        business_time=envelope.business_time,
        meta=None,
        cause=envelope.message_id,
        correlation_id=envelope.correlation_id,
        trace_parent=envelope.trace_parent,
        unhurried=False,
        sent=[],
        reported=[],
        completed={},
        _minted={},
    )


def _merge(inner: Context, context: Context) -> None:
    context.sent += inner.sent
    context.reported += inner.reported
    context.completed.update(inner.completed)
