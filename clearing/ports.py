"""What the domain and the nodes ask of the world, as protocols.

Adapters implement them; tests and the simulator bring their own. Nothing here knows a
technology.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from clearing.calendar import Instant
from clearing.frozen import quick


class Clock(Protocol):
    """Logged time: decides expiry and age, never a rule, a day or a month."""

    def now(self) -> Instant:
        """Return the current instant, UTC."""


class Ids(Protocol):
    """Mints identifiers that are unique across all nodes and sort by time of minting."""

    def mint(self, kind: str) -> str:
        """Return a new identifier; ``kind`` is its readable prefix (``"stl"``)."""


@quick
@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to append: ``key`` decides the partition, so it fixes what stays in order."""

    topic: str
    key: str
    value: bytes


@quick
@dataclass(frozen=True, slots=True)
class LogRecord:
    """A record read from the log. ``appended_at`` is logged time."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    appended_at: Instant


@quick
@dataclass(frozen=True, slots=True)
class TopicPartition:
    """One ordered sequence of records; offsets count from 0 without gaps."""

    topic: str
    partition: int


class Reader(Protocol):
    """One of a group's readers; the group's topics are shared out among them, by partition.

    Used from one thread. Nothing here waits or calls back: what a reader holds changes while
    nobody looks, and its user asks. What was read of a partition that has gone to another
    reader since is harmless where the offset is written with the effect: the database is the
    judge of what was carried out, never the log.
    """

    def unplaced(self) -> frozenset[TopicPartition]:
        """Return the partitions held that give nothing until ``place`` says where to begin.

        Raises ``Rejected`` (``reader_replaced``) some seconds after another reader of this
        name has joined.
        """

    def held(self) -> frozenset[TopicPartition]:
        """Return every partition held just now, placed or not."""

    def place(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Read these partitions from these next offsets on, whatever was read of them before.

        The offsets are the database's own. Partitions no longer held are passed over.
        """

    def read(self, limit: int, without: AbstractSet[str] = frozenset()) -> Sequence[LogRecord]:
        """Return up to ``limit`` of the next records of the partitions held and placed.

        Topics ``without`` give nothing this time and keep nothing else back; a later call that
        does not name them reads on where they stood.
        Records of one partition come in offset order without gaps; partitions take turns.
        Raises ``Rejected``: ``offset_out_of_range`` when the log never reached the offset a
        partition was placed at, or has it no more (its field is the topic; without that one the
        others are read on); ``reader_replaced`` as ``unplaced`` does.
        """

    def lag(self) -> Mapping[TopicPartition, int]:
        """Return how many records known of here ``read`` has yet to give, by partition.

        Any thread may ask. Nothing is fetched for it, so a partition that nothing was fetched
        of yet is left out.
        """

    def close(self) -> None:
        """Leave; the others take over what was held, at once or when the log misses this one."""


class Log(Protocol):
    """The durable message log: topics, keys, partitions, offsets per group, at-least-once."""

    def ensure_topic(self, topic: str, partitions: int) -> None:
        """Create the topic; a second call with the same count does nothing.

        Raises ``Rejected`` (``topic_partitions``) when it exists with another count.
        """

    def partitions(self, topic: str) -> Sequence[TopicPartition]:
        """Return the partitions of a topic in order. Raises ``Rejected`` (``topic_unknown``)."""

    def append(self, records: Sequence[NewRecord]) -> None:
        """Append all records durably, in order per partition, before returning.

        All or nothing; raises ``Unavailable`` when nothing is known to be written (it may be:
        appending again is how a caller recovers, and readers recognise repeats by message id).
        """

    def poll(self, positions: Mapping[TopicPartition, int], limit: int) -> Sequence[LogRecord]:
        """Return up to ``limit`` records from the given next offsets on, without waiting.

        Records of one partition come in offset order; partitions take turns, so that a long
        one starves no other.
        """

    def high_marks(self, topic: str) -> Mapping[TopicPartition, int]:
        """Return the offset the next record of each partition will get."""

    def join(self, group: str, name: str, topics: Sequence[str]) -> Reader:
        """Become the reader ``name`` of a group; one that joins under its old name resumes.

        All readers of a group name the same topics. Raises ``Rejected`` (``topic_unknown``).
        """

    def wait(self, seen: int, timeout_s: float) -> int:
        """Wait until there may be something new here since ``seen``; return the new mark.

        New is what was appended through this log, what arrived for a reader that joined
        through it, and what such a reader was newly given. ``seen`` is what an earlier call
        returned, 0 at first. Returns after ``timeout_s`` at the latest, then with the
        unchanged mark.
        """

    def commit_offsets(self, group: str, offsets: Iterable[tuple[TopicPartition, int]]) -> None:
        """Record the next offset to read for a group (a hint: the node's own database wins).

        Returns at once; watchers of the group see it soon, or never where it could not be
        told.
        """

    def committed_offset(self, group: str, position: TopicPartition) -> int:
        """Return the next offset to read for a group, 0 where none was committed."""

    def close(self) -> None:
        """Release everything; later calls fail."""


RecordT = TypeVar("RecordT")
Key = tuple[str | int, ...]


@quick
@dataclass(frozen=True, slots=True)
class TableSpec:
    """How a frozen dataclass is kept: its table, its key and the columns it is found by.

    Every field of ``record`` becomes a column of its own name. Field types are ``str``,
    ``int``, ``bool``, ``date``, ``bytes``, a ``StrEnum``, any of these ``| None``, or a
    mapping or tuple of them (kept as JSON with sorted keys). ``indexes`` are column tuples
    that ``select`` may be asked for; ``unique`` ones are enforced as well.
    """

    record: type
    table: str
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()


class Table(Protocol[RecordT]):
    """The records of one type inside a unit of work: sees the unit's own changes."""

    def get(self, *key: str | int) -> RecordT | None:
        """Return the record with this key, or ``None``."""

    def get_many(self, keys: Iterable[Key]) -> Mapping[Key, RecordT]:
        """Return those of the records that exist, in one round trip."""

    def put(self, record: RecordT) -> None:
        """Insert the record, or replace the one with its key.

        Where another unit has written this key since this one began, ``commit`` raises
        ``Conflict``; but where that one deleted it, the record may be inserted instead. Two
        writers that must not pass each other by need a record that neither deletes.
        """

    def delete(self, *key: str | int) -> None:
        """Remove the record with this key, if there is one."""

    def hold(self, *key: str | int) -> None:
        """Let what this unit commits stand on the record as it is, without changing it.

        Where another unit has changed it since this one began, ``commit`` raises ``Conflict``;
        one that changes it later commits after this one. Others may hold it as well. Does
        nothing for a unit that writes nothing, or where there is no such record.
        """

    def select(self, **equals: Any) -> Sequence[RecordT]:
        """Return the records with these column values, sorted by key."""

    def want(self, keys: Iterable[Key]) -> None:
        """Have these read by ``read_wanted``; to ``get`` them then costs no round trip."""

    def want_by(self, name: str, values: Iterable[Any]) -> None:
        """Have what ``select`` returns for these values of a column read by ``read_wanted``."""

    def want_page(
        self, after: Key | None = None, limit: int = 1000, *, below: Key | None = None
    ) -> None:
        """Have what ``scan`` returns read by ``read_wanted``."""

    def scan(
        self,
        after: Key | None = None,
        limit: int = 1000,
        *,
        below: Key | None = None,
        **equals: Any,
    ) -> Sequence[RecordT]:
        """Return up to ``limit`` records in key order.

        Only those after ``after`` and below ``below``, where these are given.
        """


class UnitOfWork(Protocol):
    """One transaction. Changes are buffered and written in bulk."""

    def table(self, record: type[RecordT]) -> Table[RecordT]:
        """Return the table of a record type."""

    def attempt(self) -> AbstractContextManager[None]:
        """Scope the changes of one command: an exception leaving it discards just those."""

    def read_wanted(self) -> None:
        """Read what its tables were told is wanted, all of it in one round trip."""

    def write(self) -> None:
        """Send all changes to the database ahead of ``commit``, which then only waits for disks.

        Raises what ``commit`` raises; the unit can then only be rolled back.
        """

    def commit(self) -> None:
        """Write everything and make it durable; the unit is then at its end.

        May be called in another thread than the one that worked the unit out.
        """

    def rollback(self) -> None:
        """Forget everything; the unit is then at its end."""


class Store(Protocol):
    """The database of one node. One unit of work at a time, used from one thread."""

    def begin(self) -> UnitOfWork:
        """Start a transaction."""

    def close(self) -> None:
        """Release everything."""
