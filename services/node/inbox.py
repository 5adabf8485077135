"""Requests: each id is carried out once, and a repeat gets the answer of the first time."""

from __future__ import annotations

import hashlib
import logging

from clearing.errors import (
    Conflict,
    InvariantBroken,
    Malformed,
    NotFound,
    Rejected,
    RequestIdReused,
    Unavailable,
    YidiError,
)
from clearing.frozen import replace
from services.node.batch import AnswerCodec, Batch
from services.node.command import (
    PENDING,
    Answered,
    Failed,
    Final,
    Request,
    RequestMeta,
    Result,
    Waiting,
    internal,
)
from services.node.desk_letters import DiscardDeadLetter, ReplayDeadLetters
from services.node.records import RequestEntry, RequestStatus
from services.node.tracing import trace_note

logger = logging.getLogger(__name__)

BUSINESS_TIME_TOLERANCE_MS = 15 * 60 * 1000

AT_ONCE = (ReplayDeadLetters, DiscardDeadLetter)
"""What a node takes while it catches up: it may have stopped reading for want of these."""


class Inbox:
    """Takes requests of a node's service, mutating ones and queries."""

    def __init__(self, answers: AnswerCodec, *, replaying: bool = False) -> None:
        """``replaying`` lifts the check that business time is near the node's clock."""
        self._answers = answers
        self._replaying = replaying

    def take(self, command: Request, batch: Batch) -> Result:
        """Carry out a request inside the batch's transaction. Raises ``InvariantBroken``."""
        if command.meta is None:
            return _query(command, batch)
        kind, content = self._answers.encode(command.payload)
        digest = hashlib.sha256(kind.encode() + b"\0" + content).hexdigest()
        known = batch.unit.table(RequestEntry).get(command.meta.scope, command.meta.request_id)
        if known is not None:
            return self._repeat_now(known, digest, command.meta, batch)
        now = batch.around.clock.now()
        stated = command.meta.business_time
        business_time = now if stated is None else stated
        if not self._replaying and abs(business_time - now) > BUSINESS_TIME_TOLERANCE_MS:
            return Failed(_business_time_far())
        entry = RequestEntry(
            command.meta.scope,
            command.meta.request_id,
            kind,
            digest,
            RequestStatus.PENDING,
            business_time,
            now,
        )
        return self._carry_out(command, command.meta, entry, batch)

    def _carry_out(
        self, command: Request, meta: RequestMeta, entry: RequestEntry, batch: Batch
    ) -> Result:
        requests = batch.unit.table(RequestEntry)
        context = batch.context(business_time=entry.business_time, meta=meta)
        context.trace_parent = command.trace_parent
        note = trace_note(command.trace_parent)
        try:
            if not isinstance(command.payload, AT_ONCE):
                _require_caught_up(batch)
            with batch.unit.attempt():
                requests.put(entry)
                answer = batch.handle(command.payload, context)
                if answer is PENDING:
                    requests.put(replace(entry, correlation_id=context.correlation_id))
                else:
                    requests.put(context.entry_with(entry, answer))
                batch.collect(context)
        except (Malformed, NotFound, Conflict, Unavailable) as error:
            return Failed(error)  # never stored: a mended or later attempt is a fresh one
        except InvariantBroken:
            raise
        except Rejected as error:
            requests.put(context.entry_with(entry, error))
            return Failed(error)
        except YidiError as error:
            logger.error("%s: %s", batch.around.address, error, extra=note)
            return Failed(error)
        except Exception:
            logger.exception("%s: request %s", batch.around.address, entry.kind, extra=note)
            return Failed(internal())
        logger.debug("%s takes %s", batch.around.address, entry.kind, extra=note)
        return Waiting(meta.scope, meta.request_id) if answer is PENDING else Answered(answer)

    def _repeat_now(
        self, known: RequestEntry, digest: str, meta: RequestMeta, batch: Batch
    ) -> Result:
        """Repeat what was told; what is open here may have been answered since the backup."""
        result = self._repeat(known, digest, meta)
        if isinstance(result, Waiting):
            try:
                _require_caught_up(batch)
            except Unavailable as error:
                return Failed(error)
        return result

    def _repeat(self, known: RequestEntry, digest: str, meta: RequestMeta) -> Result:
        if known.status is RequestStatus.TOMBSTONE:
            return Failed(_reversed_before(meta.request_id))
        if known.digest != digest:
            return Failed(_reused(known))
        if known.status is RequestStatus.PENDING and not known.answer_kind:
            return Waiting(meta.scope, meta.request_id)
        try:
            return self._final_of(known)
        except Exception:
            logger.exception("the stored answer of %s cannot be read", meta.request_id)
            return Failed(internal())

    def final_of(self, entry: RequestEntry) -> Final | None:
        """Return what callers of a request are told by now, ``None`` while it is open."""
        meta = RequestMeta(entry.scope, entry.request_id, None)
        told = self._repeat(entry, entry.digest, meta)
        return told if isinstance(told, Answered | Failed) else None

    def _final_of(self, entry: RequestEntry) -> Final:
        if entry.status is RequestStatus.REFUSED:
            return Failed(
                Rejected(entry.code, entry.message_en, entry.message_zh, field=entry.field or None)
            )
        return Answered(self._answers.decode(entry.answer_kind, entry.body))


def _require_caught_up(batch: Batch) -> None:
    if batch.around.role.follows_log:
        batch.around.catching_up.require_over(batch.around.address, batch.unit)


def _query(query: Request, batch: Batch) -> Final:
    context = batch.context(business_time=batch.around.clock.now())
    context.trace_parent, note = query.trace_parent, trace_note(query.trace_parent)
    try:
        if type(query.payload) in batch.around.role.compared:
            batch.around.catching_up.require_over(batch.around.address, batch.unit)
        with batch.unit.attempt():
            return Answered(batch.handle(query.payload, context))
    except InvariantBroken as error:
        # Told, not halted on: it wrote nothing, and no reader may stop the network.
        logger.critical("%s: %s", batch.around.address, error, extra=note)
        return Failed(error)
    except YidiError as error:
        return Failed(error)
    except Exception:
        kind = type(query.payload).__name__
        logger.exception("%s: query %s", batch.around.address, kind, extra=note)
        return Failed(internal())


def _reversed_before(request_id: str) -> Rejected:
    return Rejected(
        "request_reversed",
        f"request {request_id} was reversed before it came",
        f"请求 {request_id} 已被冲正, 不再受理",
        field="header.request_id",
    )


def _reused(known: RequestEntry) -> RequestIdReused:
    return RequestIdReused(
        "request_id_reused",
        f"request id {known.request_id} was used for other content ({known.kind})",
        f"请求号 {known.request_id} 已用于其他内容",
        field="header.request_id",
    )


def _business_time_far() -> Malformed:
    return Malformed(
        "business_time_far",
        "business_time is more than 15 minutes from this node's clock",
        "业务时间与节点时钟相差超过15分钟",
        field="header.business_time",
    )
