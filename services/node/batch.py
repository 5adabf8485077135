"""A batch under way: its one transaction, and what it will give out once that is committed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from clearing.calendar import Instant
from clearing.messages import HOUSE, Address, Body, Envelope
from clearing.ports import Clock, Ids, NewRecord, UnitOfWork
from services.node import topics
from services.node.catching_up import CatchingUp
from services.node.command import Final, RequestMeta, Result
from services.node.context import Context
from services.node.held_keys import HeldKeys
from services.node.limits import ParkingLimits, RecentFailures
from services.node.records import ConsumedOffset, Outgoing
from services.node.role import Role
from services.node.telling import key_of, told_together


class AnswerCodec(Protocol):
    """Turns commands and answers into bytes and back; knows the wire so that handlers needn't."""

    def encode(self, value: Any) -> tuple[str, bytes]:
        """Return a name for the value's type and its canonical bytes."""

    def decode(self, kind: str, body: bytes) -> Any:
        """Read what ``encode`` wrote."""


@dataclass(slots=True)
class BatchResult:
    """What a committed batch gives to the outside.

    ``results`` has one entry a command, in order. ``completed`` are earlier requests whose
    answer came with this batch. ``outgoing`` are the outbox rows to publish; ``ahead`` are those
    of other processes that were to be published when this batch began. ``sent`` is what it says
    to others. ``more_to_do`` is set by a tick that would go on at once.
    """

    results: list[Result] = field(default_factory=list)
    completed: dict[tuple[str, str], Final] = field(default_factory=dict)
    outgoing: list[Outgoing] = field(default_factory=list)
    ahead: Sequence[Outgoing] = ()
    sent: list[Body] = field(default_factory=list)
    more_to_do: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every command of a node runs with."""

    address: Address
    role: Role
    clock: Clock
    ids: Ids
    answers: AnswerCodec
    encode_envelope: Callable[[Envelope], bytes]
    unhurried: bool = False
    limits: ParkingLimits = field(default_factory=ParkingLimits)
    process: str = "1"
    catching_up: CatchingUp = field(default_factory=CatchingUp)


class Batch:
    """The commands of one transaction share this; it ends with the transaction."""

    def __init__(
        self, around: Surroundings, unit: UnitOfWork, last_sequence: int, recent: RecentFailures
    ) -> None:
        """``last_sequence`` is that of the newest outbox row before this batch."""
        self.around = around
        self._recent = recent
        self.unit = unit
        self.result = BatchResult()
        self._last_sequence = self.known_sequence = last_sequence
        self.next_offsets: dict[tuple[str, int], int] = {}
        self._reported: list[Envelope] = []

    @cached_property
    def held_keys(self) -> HeldKeys:
        """The keys held by parked messages; messages are consumed by nothing else."""
        most, recent = self.around.limits.max_unresolved, self._recent
        return HeldKeys(
            self.unit, lambda held, failed: held >= most or recent.are_too_many(held, failed)
        )

    @property
    def looked_at_keys(self) -> HeldKeys | None:
        """The held keys where this batch consumed anything."""
        found: HeldKeys | None = self.__dict__.get("held_keys")
        return found

    @property
    def last_sequence(self) -> int:
        """The sequence of the newest outbox row, this batch's included."""
        return self._last_sequence

    def context(
        self,
        *,
        business_time: Instant,
        meta: RequestMeta | None = None,
        correlation_id: str = "",
    ) -> Context:
        """Return what one command's handler sees of the world."""
        now = self.around.clock.now()
        return Context(
            address=self.around.address,
            uow=self.unit,
            ids=self.around.ids,
            now=now,
            logged_at=now,
            business_time=business_time,
            encode_answer=self.around.answers.encode,
            meta=meta,
            correlation_id=correlation_id,
            unhurried=self.around.unhurried,
            process=self.around.process,
        )

    def advance(self, topic: str, partition: int, offset: int) -> None:
        """Note that a record is consumed; ``close`` writes down how far that is."""
        place = (topic, partition)
        self.next_offsets[place] = max(self.next_offsets.get(place, 0), offset + 1)

    def _keep_offsets(self, stands: Mapping[tuple[str, int], int]) -> None:
        """Write how far each partition is; who is late with a repeat moves nothing back."""
        offsets = self.unit.table(ConsumedOffset)
        for (topic, partition), offset in self.next_offsets.items():
            if stands.get((topic, partition), 0) < offset:
                offsets.put(ConsumedOffset(topic, partition, offset))

    def handle(self, payload: Any, context: Context) -> Any:
        """Let the role's handler carry out a payload."""
        return self.around.role.handle(payload, context)

    def collect(self, context: Context) -> None:
        """Write what a command sends to the outbox and keep what it completed.

        The last thing inside a command's attempt: when it raises, nothing is kept.
        """
        for topic, key, envelope in context.sent:
            self._post(topic, key, envelope, context.now)
        self._reported += context.reported
        self.result.completed.update(context.completed)

    def close(self, stands: Mapping[tuple[str, int], int]) -> None:
        """Write what the whole batch says: how far it has read, and its lines for the house.

        ``stands`` is how far each partition is in the database.
        """
        self._keep_offsets(stands)
        if not self._reported:
            return
        now, topic = self.around.clock.now(), topics.inbound(HOUSE)
        for envelope in told_together(self._reported, self.around.ids):
            self._post(topic, key_of(envelope.body), envelope, now)
        self._reported.clear()

    def _post(self, topic: str, key: str, envelope: Envelope, now: Instant) -> None:
        self._last_sequence += 1
        value = self.around.encode_envelope(envelope)
        row = Outgoing(self._last_sequence, topic, key, value, now)
        self.unit.table(Outgoing).put(row)
        self.result.outgoing.append(row)
        self.result.sent.append(envelope.body)


def records_of(outgoing: Sequence[Outgoing]) -> list[NewRecord]:
    """Return outbox rows as records to append."""
    return [NewRecord(row.topic, row.key, row.value) for row in outgoing]
