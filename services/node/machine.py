"""The machine: a batch of commands → one transaction → answers and messages."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from clearing.calendar import Instant
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
from clearing.messages import Address, Envelope
from clearing.ports import Clock, Ids, NewRecord, Store, TopicPartition, UnitOfWork
from services.node.command import (
    PENDING,
    Answered,
    Command,
    Consumed,
    Delivery,
    Failed,
    Final,
    Request,
    RequestMeta,
    Result,
    Waiting,
)
from services.node.context import Context
from services.node.records import (
    ConsumedOffset,
    Outgoing,
    ParkedRecord,
    RequestEntry,
    RequestStatus,
    SeenMessage,
)

logger = logging.getLogger(__name__)

BUSINESS_TIME_TOLERANCE_MS = 15 * 60 * 1000

Handler = Callable[[Any, Context], Any]


class AnswerCodec(Protocol):
    """Turns commands and answers into bytes and back; knows the wire so that handlers needn't."""

    def encode(self, value: Any) -> tuple[str, bytes]:
        """Return a name for the value's type and its canonical bytes."""

    def decode(self, kind: str, body: bytes) -> Any:
        """Read what ``encode`` wrote."""


@dataclass(frozen=True, slots=True)
class Role:
    """What makes a node play its role: handlers by payload type, and an optional clockwork.

    ``on_tick`` runs now and then in a transaction of its own and looks at ages.
    """

    handlers: Mapping[type, Handler]
    on_tick: Callable[[Context], None] | None = None


@dataclass(slots=True)
class BatchResult:
    """What a committed batch gives to the outside.

    ``results`` has one entry a command, in order. ``completed`` are earlier requests whose
    answer came with this batch. ``outgoing`` are the outbox rows to publish.
    """

    results: list[Result] = field(default_factory=list)
    completed: dict[tuple[str, str], Final] = field(default_factory=dict)
    outgoing: list[Outgoing] = field(default_factory=list)


class NodeMachine:
    """One node: its store, its handlers and nothing that knows a technology.

    Used from one thread. A batch either commits whole or has no effect at all.
    """

    def __init__(
        self,
        address: Address,
        role: Role,
        store: Store,
        clock: Clock,
        ids: Ids,
        answers: AnswerCodec,
        encode_envelope: Callable[[Envelope], bytes],
        *,
        replaying: bool = False,
    ) -> None:
        """``replaying`` lifts the check that business time is near the node's clock."""
        self.address = address
        self._role = role
        self._store = store
        self._clock = clock
        self._ids = ids
        self._answers = answers
        self._encode_envelope = encode_envelope
        self._replaying = replaying
        self._published: list[int] = []
        self._halted: InvariantBroken | None = None
        unit = store.begin()
        outbox = list(unit.table(Outgoing).scan(limit=1_000_000))
        self._sequence = outbox[-1].sequence if outbox else 0
        self.unpublished = outbox
        unit.rollback()

    def offsets(self) -> dict[TopicPartition, int]:
        """Return where this node stands in each partition it has read."""
        unit = self._store.begin()
        rows = unit.table(ConsumedOffset).scan(limit=1_000_000)
        unit.rollback()
        return {TopicPartition(row.topic, row.partition): row.next_offset for row in rows}

    def run(self, batch: Sequence[Command]) -> BatchResult:
        """Carry out a batch in one transaction.

        Raises whatever the commit raises; then nothing happened and the batch may be tried
        again. ``InvariantBroken`` halts the node for good: nothing is written any more.
        """
        if self._halted is not None:
            raise self._halted
        unit = self._store.begin()
        result = BatchResult()
        try:
            for command in batch:
                result.results.append(self._take(command, unit, result))
            self._finish(unit, result)
        except InvariantBroken as error:
            unit.rollback()
            self._halted = error
            logger.critical("%s halted: %s", self.address, error)
            raise
        except BaseException:
            unit.rollback()
            raise
        return result

    def tick(self) -> BatchResult:
        """Let the role look at ages (an answer that never came), in one transaction."""
        result = BatchResult()
        if self._role.on_tick is None or self._halted is not None:
            return result
        unit = self._store.begin()
        try:
            context = self._context(unit, business_time=self._clock.now())
            with unit.attempt():
                self._role.on_tick(context)
                self._collect(context, unit, result)
            self._finish(unit, result)
        except BaseException:
            unit.rollback()
            raise
        return result

    def mark_published(self, sequences: Sequence[int]) -> None:
        """Note outbox rows that the log has; they go with the next commit.

        A crash before that publishes them once more, under the same message ids.
        """
        self._published.extend(sequences)

    def flush_published(self) -> None:
        """Remove published outbox rows now, when no commit is in sight."""
        if self._published and self._halted is None:
            self._finish(self._store.begin(), BatchResult())

    def close(self) -> None:
        """Release the store."""
        self.flush_published()
        self._store.close()

    def _finish(self, unit: UnitOfWork, result: BatchResult) -> None:
        outbox = unit.table(Outgoing)
        for sequence in self._published:
            outbox.delete(sequence)
        unit.commit()
        self._published.clear()
        if result.outgoing:
            self._sequence = result.outgoing[-1].sequence

    def _take(self, command: Command, unit: UnitOfWork, result: BatchResult) -> Result:
        if isinstance(command, Delivery):
            return self._deliver(command, unit, result)
        if command.meta is None:
            return self._query(command, unit)
        return self._request(command, command.meta, unit, result)

    def _query(self, command: Request, unit: UnitOfWork) -> Final:
        context = self._context(unit, business_time=self._clock.now())
        try:
            with unit.attempt():
                return Answered(self._handler(command.payload)(command.payload, context))
        except InvariantBroken:
            raise
        except YidiError as error:
            return Failed(error)
        except Exception:
            logger.exception("%s: query %s", self.address, type(command.payload).__name__)
            return Failed(_internal())

    def _request(
        self, command: Request, meta: RequestMeta, unit: UnitOfWork, result: BatchResult
    ) -> Result:
        kind, content = self._answers.encode(command.payload)
        digest = hashlib.sha256(kind.encode() + b"\0" + content).hexdigest()
        requests = unit.table(RequestEntry)
        known = requests.get(meta.scope, meta.request_id)
        if known is not None:
            return self._repeat(known, digest, meta)
        now = self._clock.now()
        business_time = now if meta.business_time is None else meta.business_time
        if not self._replaying and abs(business_time - now) > BUSINESS_TIME_TOLERANCE_MS:
            return Failed(_business_time_far())
        entry = RequestEntry(
            meta.scope, meta.request_id, kind, digest, RequestStatus.PENDING, business_time, now
        )
        context = self._context(unit, business_time=business_time, meta=meta)
        try:
            with unit.attempt():
                requests.put(entry)
                answer = self._handler(command.payload)(command.payload, context)
                if answer is PENDING:
                    requests.put(replace(entry, correlation_id=context.correlation_id))
                else:
                    requests.put(context.entry_with(entry, answer))
                self._collect(context, unit, result)
        except (Malformed, Conflict, Unavailable) as error:
            return Failed(error)  # never stored: a mended or later attempt is a fresh one
        except InvariantBroken:
            raise
        except Rejected as error:
            requests.put(context.entry_with(entry, error))
            return Failed(error)
        except YidiError as error:
            logger.error("%s: %s", self.address, error)
            return Failed(error)
        except Exception:
            logger.exception("%s: request %s", self.address, kind)
            return Failed(_internal())
        return Waiting(meta.scope, meta.request_id) if answer is PENDING else Answered(answer)

    def _repeat(self, known: RequestEntry, digest: str, meta: RequestMeta) -> Result:
        if known.status is RequestStatus.TOMBSTONE:
            return Failed(
                Rejected(
                    "request_reversed",
                    f"request {meta.request_id} was reversed before it came",
                    f"请求 {meta.request_id} 已被冲正, 不再受理",
                    field="header.request_id",
                )
            )
        if known.digest != digest:
            return Failed(
                RequestIdReused(
                    "request_id_reused",
                    f"request id {meta.request_id} was used for other content ({known.kind})",
                    f"请求号 {meta.request_id} 已用于其他内容",
                    field="header.request_id",
                )
            )
        if known.status is RequestStatus.PENDING:
            return Waiting(meta.scope, meta.request_id)
        return self.final_of(known)

    def final_of(self, entry: RequestEntry) -> Final:
        """Return the stored answer or refusal of a request that has one."""
        if entry.status is RequestStatus.REFUSED:
            refusal = NotFound if entry.answer_kind == NotFound.__name__ else Rejected
            return Failed(
                refusal(entry.code, entry.message_en, entry.message_zh, field=entry.field or None)
            )
        return Answered(self._answers.decode(entry.answer_kind, entry.body))

    def _deliver(self, command: Delivery, unit: UnitOfWork, result: BatchResult) -> Result:
        record = command.record
        unit.table(ConsumedOffset).put(
            ConsumedOffset(record.topic, record.partition, record.offset + 1)
        )
        if command.envelope is None:
            assert command.error is not None
            self._park(command, command.error.code, str(command.error), unit)
            return Consumed()
        envelope = command.envelope
        seen = unit.table(SeenMessage)
        if seen.get(envelope.message_id) is not None:
            return Consumed()
        context = self._context(
            unit, business_time=envelope.business_time, correlation_id=envelope.correlation_id
        )
        context.now = Instant(max(context.now, record.appended_at))
        context.trace_parent = envelope.trace_parent
        try:
            with unit.attempt():
                seen.put(SeenMessage(envelope.message_id, record.appended_at))
                self._handler(envelope.body)(envelope.body, context)
                self._collect(context, unit, result)
        except (InvariantBroken, Unavailable):
            raise
        except YidiError as error:
            logger.error("%s parks %s: %s", self.address, envelope.message_id, error)
            self._park(command, error.code, str(error), unit)
        except Exception as error:
            logger.exception("%s parks %s", self.address, envelope.message_id)
            self._park(command, "internal", repr(error), unit)
        return Consumed()

    def _park(self, command: Delivery, code: str, reason: str, unit: UnitOfWork) -> None:
        record = command.record
        unit.table(ParkedRecord).put(
            ParkedRecord(
                record.topic,
                record.partition,
                record.offset,
                record.key,
                record.value,
                code,
                reason,
                self._clock.now(),
            )
        )

    def _context(
        self,
        unit: UnitOfWork,
        *,
        business_time: Instant,
        meta: RequestMeta | None = None,
        correlation_id: str = "",
    ) -> Context:
        return Context(
            address=self.address,
            uow=unit,
            ids=self._ids,
            now=self._clock.now(),
            business_time=business_time,
            encode_answer=self._answers.encode,
            meta=meta,
            correlation_id=correlation_id,
        )

    def _collect(self, context: Context, unit: UnitOfWork, result: BatchResult) -> None:
        """Write what the command sends to the outbox and keep what it completed."""
        outbox = unit.table(Outgoing)
        sequence = result.outgoing[-1].sequence if result.outgoing else self._sequence
        for topic, key, envelope in context.sent:
            sequence += 1
            row = Outgoing(sequence, topic, key, self._encode_envelope(envelope), context.now)
            outbox.put(row)
            result.outgoing.append(row)
        result.completed.update(context.completed)

    def _handler(self, payload: Any) -> Handler:
        handler = self._role.handlers.get(type(payload))
        if handler is None:
            raise Rejected(
                "not_served_here",
                f"{self.address} does not serve {type(payload).__name__}",
                "该节点不受理此类请求",
            )
        return handler


def records_of(outgoing: Sequence[Outgoing]) -> list[NewRecord]:
    """Return outbox rows as records to append."""
    return [NewRecord(row.topic, row.key, row.value) for row in outgoing]


def _internal() -> YidiError:
    return YidiError(
        "internal", "an error of the node itself; it was logged", "节点内部错误, 已记录"
    )


def _business_time_far() -> Rejected:
    return Malformed(
        "business_time_far",
        "business_time is more than 15 minutes from this node's clock",
        "业务时间与节点时钟相差超过15分钟",
        field="header.business_time",
    )
