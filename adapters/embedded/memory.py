"""The log port over lists, for the simulator: nothing is durable beyond the process.

A ``MemoryBroker`` outlives the logs opened on it, as a broker outlives its clients. It can be
told to misbehave as a real one does: an append is lost, written and not confirmed, written in
part or twice; a partition gives nothing for a while; nothing can be reached at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from random import Random
from threading import Condition

from adapters.embedded.groups import GroupReader, Groups
from clearing.calendar import Instant
from clearing.errors import Rejected, Unavailable
from clearing.partitions import partition_of, share_out
from clearing.ports import Clock, LogRecord, NewRecord, TopicPartition


class Misdeed(Enum):
    """What becomes of an append that the broker was told to spoil."""

    LOST = "lost"  # nothing was written, and the writer is told that nothing is known
    UNCONFIRMED = "unconfirmed"  # everything was written, and the writer is told the same
    PARTLY = "partly"  # the first half was written, and the writer is told the same
    REPEATED = "repeated"  # everything was written twice, and the writer is content


class MemoryBroker:
    """What logs leave behind, and how the next thing goes wrong.

    ``spoil_next`` is what becomes of the next append; ``silent`` partitions give no records
    while they are in it; nothing at all can be reached while ``reachable`` is false.
    """

    def __init__(self) -> None:
        self.topics: dict[str, tuple[TopicPartition, ...]] = {}
        self.records: dict[TopicPartition, list[LogRecord]] = {}
        self.offsets: dict[tuple[str, TopicPartition], int] = {}
        self.last_instant = Instant(0)
        self.spoil_next: Misdeed | None = None
        self.silent: set[TopicPartition] = set()
        self.reachable = True


class MemoryLog:
    """The log port over a broker. Any number of threads may use it."""

    def __init__(self, broker: MemoryBroker, clock: Clock) -> None:
        self._broker = broker
        self._clock = clock
        self._turns = Random(0)
        self._groups = Groups(self.poll, self._mark_of, self._wake_readers)
        self._changed = Condition()
        self._mark = sum(map(len, broker.records.values()))
        self._open = True

    def ensure_topic(self, topic: str, partitions: int) -> None:
        """Create the topic; a second call with the same count does nothing.

        Raises ``Rejected`` (``topic_partitions``) when it exists with another count.
        """
        if partitions < 1:
            raise ValueError("a topic has at least one partition")
        with self._changed:
            self._require_open()
            places = self._broker.topics.get(topic)
            if places is None:
                places = tuple(TopicPartition(topic, at) for at in range(partitions))
                self._broker.records.update({place: [] for place in places})
                self._broker.topics[topic] = places
        if len(places) != partitions:
            raise Rejected(
                "topic_partitions",
                f"Topic {topic} has {len(places)} partitions, not {partitions}.",
                f"主题 {topic} 的分区数为 {len(places)}，而不是 {partitions}。",
            )

    def partitions(self, topic: str) -> Sequence[TopicPartition]:
        """Return the partitions of a topic in order. Raises ``Rejected`` (``topic_unknown``)."""
        self._require_open()
        places = self._broker.topics.get(topic)
        if places is None:
            raise _unknown(topic)
        return places

    def append(self, records: Sequence[NewRecord]) -> None:
        """Append all records in order per partition. Raises ``Rejected`` or ``Unavailable``."""
        with self._changed:
            placed = [(self._place(record), record) for record in records]
            self._require_reachable()
            if not placed:
                return
            misdeed, self._broker.spoil_next = self._broker.spoil_next, None
            if misdeed is Misdeed.PARTLY:
                placed = placed[: len(placed) // 2]
            if misdeed is not Misdeed.LOST:
                self._write(placed)
            if misdeed is Misdeed.REPEATED:
                self._write(placed)
            elif misdeed is not None:
                raise _unavailable()

    def _place(self, record: NewRecord) -> TopicPartition:
        places = self.partitions(record.topic)
        return places[partition_of(record.key, len(places))]

    def _write(self, placed: Sequence[tuple[TopicPartition, NewRecord]]) -> None:
        broker = self._broker
        now = broker.last_instant = Instant(max(broker.last_instant, self._clock.now()))
        for place, new in placed:
            kept = broker.records[place]
            kept.append(LogRecord(place.topic, place.partition, len(kept), new.key, new.value, now))
        self._mark += len(placed)
        self._changed.notify_all()

    def poll(self, positions: Mapping[TopicPartition, int], limit: int) -> Sequence[LogRecord]:
        """Return up to ``limit`` records from the given next offsets on, without waiting.

        Raises ``Rejected`` (``offset_out_of_range``) for an offset that the log never reached,
        and ``Unavailable``.
        """
        self._require_open()
        self._require_reachable()
        waiting = []
        for place, offset in positions.items():
            kept = self._broker.records.get(place)
            if kept is None:
                raise _unknown(place.topic)
            if not 0 <= offset <= len(kept):
                raise _out_of_range(place, offset, len(kept))
            if offset < len(kept) and place not in self._broker.silent:
                waiting.append((place, len(kept) - offset))
        found: list[LogRecord] = []
        for place, count in share_out(waiting, limit, self._turns):
            start = positions[place]
            found += self._broker.records[place][start : start + count]
        return found

    def high_marks(self, topic: str) -> Mapping[TopicPartition, int]:
        """Return the offset the next record of each partition will get."""
        return {place: len(self._broker.records[place]) for place in self.partitions(topic)}

    def _mark_of(self, place: TopicPartition) -> int:
        return len(self._broker.records[place])

    def join(self, group: str, name: str, topics: Sequence[str]) -> GroupReader:
        """Become a reader of a group; all of its readers use this log."""
        places = [place for topic in topics for place in self.partitions(topic)]
        return self._groups.join(group, name, places)

    def _wake_readers(self) -> None:
        with self._changed:
            self._mark += 1
            self._changed.notify_all()

    def wait(self, seen: int, timeout_s: float) -> int:
        """Wait until there may be something new since ``seen`` and return the new mark."""
        with self._changed:
            self._require_open()
            self._changed.wait_for(lambda: not self._open or self._mark > seen, timeout_s)
            return self._mark

    def commit_offsets(self, group: str, offsets: Iterable[tuple[TopicPartition, int]]) -> None:
        """Record the next offset to read for a group."""
        self._require_open()
        for place, offset in offsets:
            if place not in self._broker.records:
                raise _unknown(place.topic)
            self._broker.offsets[group, place] = offset

    def committed_offset(self, group: str, position: TopicPartition) -> int:
        """Return the next offset to read for a group, 0 where none was committed."""
        self._require_open()
        return self._broker.offsets.get((group, position), 0)

    def close(self) -> None:
        """Release everything; later calls raise ``RuntimeError``."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def _require_open(self) -> None:
        if not self._open:
            raise RuntimeError("the log is closed")

    def _require_reachable(self) -> None:
        if not self._broker.reachable:
            raise _unavailable()


def _unknown(topic: str) -> Rejected:
    return Rejected("topic_unknown", f"There is no topic {topic}.", f"主题 {topic} 不存在。")


def _out_of_range(place: TopicPartition, offset: int, mark: int) -> Rejected:
    return Rejected(
        "offset_out_of_range",
        f"{place.topic}/{place.partition} ends at {mark}; offset {offset} is not in it.",
        f"{place.topic}/{place.partition} 的末端为 {mark}，不含偏移量 {offset}。",
        field=place.topic,
    )


def _unavailable() -> Unavailable:
    return Unavailable(
        "log_unavailable", "The message log cannot be reached.", "消息日志暂不可用。"
    )
