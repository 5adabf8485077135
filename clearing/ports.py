"""What the domain and the nodes ask of the world, as protocols.

Adapters implement them; tests and the simulator bring their own. Nothing here knows a
technology.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from clearing.calendar import Instant


class Clock(Protocol):
    """Logged time: decides expiry and age, never a rule, a day or a month."""

    def now(self) -> Instant:
        """Return the current instant, UTC."""


class Ids(Protocol):
    """Mints identifiers that are unique across all nodes and sort by time of minting."""

    def mint(self, kind: str) -> str:
        """Return a new identifier; ``kind`` is its readable prefix (``"stl"``)."""


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to append: ``key`` decides the partition, so it fixes what stays in order."""

    topic: str
    key: str
    value: bytes


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A record read from the log. ``appended_at`` is logged time."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    appended_at: Instant


@dataclass(frozen=True, slots=True)
class TopicPartition:
    """One ordered sequence of records; offsets count from 0 without gaps."""

    topic: str
    partition: int


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

    def read(self, position: TopicPartition, offset: int, limit: int) -> Sequence[LogRecord]:
        """Return up to ``limit`` records from ``offset`` on, without waiting."""

    def wait(self, seen: int, timeout_s: float) -> int:
        """Wait until something was appended since ``seen`` and return the new high mark.

        ``seen`` is what an earlier call returned, 0 at first. Returns after ``timeout_s`` at
        the latest, then with the unchanged mark.
        """

    def commit_offsets(self, group: str, offsets: Iterable[tuple[TopicPartition, int]]) -> None:
        """Record the next offset to read for a group (a hint: the node's own database wins)."""

    def committed_offset(self, group: str, position: TopicPartition) -> int:
        """Return the next offset to read for a group, 0 where none was committed."""

    def close(self) -> None:
        """Release everything; later calls fail."""
