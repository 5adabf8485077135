"""What every node keeps, whatever its role: inbox, outbox, offsets, parked messages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from clearing.calendar import Instant
from clearing.frozen import quick
from clearing.ports import TableSpec


class RequestStatus(StrEnum):
    """How far a request is."""

    PENDING = "pending"  # accepted; the answer depends on another node
    ANSWERED = "answered"
    REFUSED = "refused"
    TOMBSTONE = "tombstone"  # reversed before it came: it will never be carried out


@quick
@dataclass(frozen=True, slots=True)
class RequestEntry:
    """The inbox row of a mutating request; the answer is kept so that a repeat gets the same.

    ``scope`` is the institution or desk. ``digest`` covers the business fields only. ``body``
    is the encoded answer; the error fields are those of a refusal. While it is pending they say
    what callers are told meanwhile, and why, where that is known.
    """

    scope: str
    request_id: str
    kind: str
    digest: str
    status: RequestStatus
    business_time: Instant
    accepted_at: Instant
    correlation_id: str = ""
    answer_kind: str = ""
    body: bytes = b""
    code: str = ""
    message_en: str = ""
    message_zh: str = ""
    field: str = ""


@quick
@dataclass(frozen=True, slots=True)
class SeenMessage:
    """The inbox row of a message from the log."""

    message_id: str
    seen_at: Instant


@quick
@dataclass(frozen=True, slots=True)
class Outgoing:
    """An outbox row: written with the effect, gone once the log has the record."""

    sequence: int
    topic: str
    key: str
    value: bytes
    written_at: Instant


@quick
@dataclass(frozen=True, slots=True)
class OutboxWriter:
    """The newest generation of those who write to this node's outbox; there is one such row.

    Each process numbers its rows within a generation of its own, so that no two ever collide.
    """

    NEWEST: ClassVar[str] = "newest"

    name: str
    generation: int


@quick
@dataclass(frozen=True, slots=True)
class ConsumedOffset:
    """Where this node stands in a partition; wins over what the log remembers."""

    topic: str
    partition: int
    next_offset: int


class LetterState(StrEnum):
    """How far a message is that could not be processed when it came."""

    PARKED = "parked"  # it failed; a person is to replay or discard it
    BEHIND = "behind"  # it did not fail: an earlier one of its key is parked
    REPLAYED = "replayed"
    DISCARDED = "discarded"


@quick
@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A record that could not be processed when it came, with its original bytes: a dead letter.

    Never deleted. ``kind`` is its body's name and, with the ids, ``""`` where the bytes cannot be
    read. ``attempts`` counts how often it was tried, from ``parked_at`` to ``last_at``. ``act…``
    is what a person did last about it.
    """

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    code: str
    reason: str
    parked_at: Instant
    state: LetterState
    kind: str
    message_id: str
    correlation_id: str
    appended_at: Instant
    attempts: int
    last_at: Instant
    acted_at: Instant | None = None
    act_request_id: str = ""
    act_by: str = ""
    act_why: str = ""


@quick
@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key of a topic with parked messages: how many are neither replayed nor discarded.

    Whatever comes under it waits behind them. Consuming and acting both write this row, so that
    two processes cannot do so at once and leave a message behind nothing; for that it is never
    deleted, and a key with 0 is not held.
    """

    topic: str
    key: str
    unresolved: int


SPECS = (
    TableSpec(RequestEntry, "request", ("scope", "request_id"), (("correlation_id",),)),
    TableSpec(SeenMessage, "seen_message", ("message_id",)),
    TableSpec(Outgoing, "outbox", ("sequence",)),
    TableSpec(OutboxWriter, "outbox_writer", ("name",)),
    TableSpec(ConsumedOffset, "consumed_offset", ("topic", "partition")),
    TableSpec(
        ParkedRecord,
        "parked_record",
        ("topic", "partition", "offset"),
        (("state",), ("topic", "key")),
    ),
    TableSpec(HeldKey, "held_key", ("topic", "key")),
)
