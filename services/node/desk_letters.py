"""What a node's desk is asked and answers; the fields are those of ``protos/node/v1``."""

from __future__ import annotations

from dataclasses import dataclass

from clearing.calendar import Instant
from services.node.records import LetterState, ParkedRecord


@dataclass(frozen=True, slots=True)
class ListDeadLetters:
    """Ask for a page of dead letters; ``state`` ``""`` is unresolved ones, ``"all"`` all."""

    region: str = ""
    state: str = ""
    code: str = ""
    key: str = ""
    page_size: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class GetDeadLetter:
    """Ask for a letter with its content."""

    id: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class ReplayDeadLetters:
    """Carry parked messages out now: those named, or the oldest with a code."""

    by: str
    why: str
    ids: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class DiscardDeadLetter:
    """Give a message up for good."""

    id: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter without its content."""

    id: str
    state: LetterState
    code: str
    reason: str
    kind: str = ""
    message_id: str = ""
    correlation_id: str = ""
    key: str = ""
    attempts: int = 0
    size_bytes: int = 0
    appended_at: Instant | None = None
    parked_at: Instant | None = None
    last_at: Instant | None = None
    acted_at: Instant | None = None
    act_by: str = ""
    act_why: str = ""
    act_request_id: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetterPage:
    """Letters by topic, partition and offset; ``unresolved`` counts the node's."""

    letters: tuple[DeadLetter, ...]
    next_after: str = ""
    unresolved: int = 0


@dataclass(frozen=True, slots=True)
class DeadLetterContent:
    """A letter with its bytes, and as JSON where they can be read."""

    letter: DeadLetter
    value: bytes = b""
    content: str = ""


@dataclass(frozen=True, slots=True)
class DeadLettersReplayed:
    """What came of a replay, letter by letter."""

    letters: tuple[DeadLetter, ...]
    replayed: int = 0
    failed: int = 0
    unresolved: int = 0


@dataclass(frozen=True, slots=True)
class DeadLetterDiscarded:
    """A letter that was discarded, and what came of those behind it."""

    letter: DeadLetter
    released: tuple[DeadLetter, ...] = ()
    unresolved: int = 0


def id_of(row: ParkedRecord) -> str:
    """Return what a letter is called: ``topic/partition/offset``."""
    return f"{row.topic}/{row.partition}/{row.offset}"


def shown(row: ParkedRecord) -> DeadLetter:
    """Return a letter as the desk shows it, without its content."""
    return DeadLetter(
        id=id_of(row),
        state=row.state,
        code=row.code,
        reason=row.reason,
        kind=row.kind,
        message_id=row.message_id,
        correlation_id=row.correlation_id,
        key=row.key,
        attempts=row.attempts,
        size_bytes=len(row.value),
        appended_at=row.appended_at,
        parked_at=row.parked_at,
        last_at=row.last_at,
        acted_at=row.acted_at,
        act_by=row.act_by,
        act_why=row.act_why,
        act_request_id=row.act_request_id,
    )
