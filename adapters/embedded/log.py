"""The durable log inside one process: the twin of a broker, for one machine.

Every topic, partition, offset and group behaves as the port says; any number of threads may
use it. Limits: one process at a time, one machine, and no retention (nothing is removed).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Condition, Lock

from adapters.embedded.folder_lock import FolderLock
from adapters.embedded.groups import GroupReader, Groups
from adapters.embedded.log_file import OFFSET_BITS, LogFile, StoredRecord
from clearing.calendar import Instant
from clearing.errors import Rejected, Unavailable, YidiError
from clearing.partitions import partition_of, share_out
from clearing.ports import Clock, LogRecord, NewRecord, TopicPartition


@dataclass(slots=True)
class _Waiting:
    """One caller's records on their way into the file."""

    records: Sequence[tuple[TopicPartition, NewRecord]]
    written: bool = False
    failure: YidiError | None = None


class EmbeddedLog:
    """The log port over one SQLite file.

    ``path`` is the file, made with its folder where missing, or ``":memory:"``. A second log
    on the same file is refused with ``Rejected`` (``data_in_use``), a folder that cannot be
    written with ``data_unusable``. Callers that append at the
    same time share one transaction. Offsets of groups are hints: they become durable with the
    next append or at closing. ``appended_at`` never decreases, even where the clock does.
    """

    def __init__(self, path: str | Path, clock: Clock) -> None:
        self._clock = clock
        self._lock = _lock_of(path)
        try:
            self._file = LogFile(path)
        except BaseException:
            self._release()
            raise
        self._writing = Lock()
        self._appended = Condition()
        self._noting = Lock()
        self._queue: list[_Waiting] = []
        self._turns = Random(0)
        self._groups = Groups(self.poll, self._mark_of, self._wake_readers)
        self._open = True
        self._topics: dict[str, tuple[TopicPartition, ...]] = {}
        self._numbers: dict[TopicPartition, int] = {}
        self._marks: dict[TopicPartition, int] = {}
        self._marks_known = True
        self._count = 0
        self._given = 0
        self._last_instant = Instant(0)
        self._offsets: dict[tuple[str, str, int], int] = {}
        self._unsaved: dict[tuple[str, str, int], int] = {}
        try:
            self._learn(self._file.partitions())
            rows = self._file.group_offsets()
            self._offsets = {(group, topic, at): offset for group, topic, at, offset in rows}
        except BaseException:
            self.close()
            raise

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()

    def _learn(self, rows: Iterable[tuple[int, str, int]]) -> None:
        """Take partitions in from the file; they come topic by topic, in order."""
        topics: dict[str, list[TopicPartition]] = {}
        for number, topic, partition in rows:
            place = TopicPartition(topic, partition)
            self._numbers[place] = number
            self._learn_mark(place)
            topics.setdefault(topic, []).append(place)
        for topic, places in topics.items():
            self._topics[topic] = tuple(places)
        self._count = sum(self._marks.values())

    def _learn_mark(self, place: TopicPartition) -> None:
        last = self._file.last(self._numbers[place])
        self._marks[place] = 0 if last is None else last[0] + 1
        if last is not None:
            self._last_instant = Instant(max(self._last_instant, last[1]))

    def ensure_topic(self, topic: str, partitions: int) -> None:
        """Create the topic; a second call with the same count does nothing.

        Raises ``Rejected`` (``topic_partitions``) when it exists with another count.
        """
        if partitions < 1:
            raise ValueError("a topic has at least one partition")
        with self._writing:
            self._require_open()
            if topic not in self._topics:
                self._learn(self._file.create_partitions(topic, partitions))
        count = len(self._topics[topic])
        if count != partitions:
            raise Rejected(
                "topic_partitions",
                f"Topic {topic} has {count} partitions, not {partitions}.",
                f"主题 {topic} 的分区数为 {count}，而不是 {partitions}。",
            )

    def partitions(self, topic: str) -> Sequence[TopicPartition]:
        """Return the partitions of a topic in order. Raises ``Rejected`` (``topic_unknown``)."""
        self._require_open()
        places = self._topics.get(topic)
        if places is None:
            raise _unknown(topic)
        return places

    def append(self, records: Sequence[NewRecord]) -> None:
        """Append all records durably, in order per partition, before returning.

        All or nothing. Raises ``Rejected`` (``topic_unknown``) or ``Unavailable``.
        """
        waiting = _Waiting([(self._place(record), record) for record in records])
        if not waiting.records:
            return
        self._queue.append(waiting)
        with self._writing:
            # Whoever gets here first writes for all that wait behind it.
            if not waiting.written and waiting.failure is None:
                self._write_queue()
        if waiting.failure is not None:
            raise waiting.failure

    def _place(self, record: NewRecord) -> TopicPartition:
        places = self.partitions(record.topic)
        return places[partition_of(record.key, len(places))]

    def _write_queue(self) -> None:
        self._require_open()
        batch: list[_Waiting] = []
        while self._queue:
            batch.append(self._queue.pop(0))
        try:
            self._write(batch)
        except YidiError as error:
            for waiting in batch:
                waiting.failure = type(error)(error.code, error.message_en, error.message_zh)
                waiting.failure.__cause__ = error
        except BaseException:
            for waiting in batch:
                waiting.failure = Unavailable(
                    "log_unavailable",
                    "Appending to the message log was interrupted.",
                    "写入消息日志时被中断。",
                )
            raise

    def _write(self, batch: Sequence[_Waiting]) -> None:
        if not self._marks_known:
            for place in self._numbers:
                self._learn_mark(place)
            self._count = sum(self._marks.values())
            self._marks_known = True
        now = Instant(max(self._last_instant, self._clock.now()))
        marks: dict[TopicPartition, int] = {}
        rows: list[StoredRecord] = []
        for waiting in batch:
            for place, record in waiting.records:
                offset = marks.get(place, self._marks[place])
                marks[place] = offset + 1
                position = (self._numbers[place] << OFFSET_BITS) + offset
                rows.append((position, record.key, record.value, now))
        try:
            self._save(rows)
        except BaseException:
            self._marks_known = False
            raise
        self._last_instant = now
        with self._appended:
            self._marks.update(marks)
            self._count += len(rows)
            for waiting in batch:
                waiting.written = True
            self._appended.notify_all()

    def _save(self, rows: Sequence[StoredRecord]) -> None:
        """Write records, and the offsets of groups that are not yet in the file."""
        with self._noting:
            unsaved, self._unsaved = self._unsaved, {}
        try:
            self._file.write(rows, unsaved)
        except BaseException:
            with self._noting:
                self._unsaved = unsaved | self._unsaved
            raise

    def poll(self, positions: Mapping[TopicPartition, int], limit: int) -> Sequence[LogRecord]:
        """Return up to ``limit`` records from the given next offsets on, without waiting.

        Reads nothing from the file where nothing is new. Raises ``Rejected``
        (``offset_out_of_range``) for an offset that the log never reached: it is not the log
        that the reader read before.
        """
        self._require_open()
        waiting = []
        for place, offset in positions.items():
            mark = self._marks.get(place)
            if mark is None:
                raise _unknown(place.topic)
            if mark != offset:
                _check_range(place, offset, mark)
                waiting.append((place, mark - offset))
        found: list[LogRecord] = []
        for place, count in share_out(waiting, limit, self._turns):
            found += self._read(place, positions[place], count)
        return found

    def _read(self, place: TopicPartition, offset: int, count: int) -> list[LogRecord]:
        topic, partition, number = place.topic, place.partition, self._numbers[place]
        start = number << OFFSET_BITS
        return [
            LogRecord(topic, partition, position - start, key, value, Instant(appended_at))
            for position, key, value, appended_at in self._file.read(number, offset, count)
        ]

    def high_marks(self, topic: str) -> Mapping[TopicPartition, int]:
        """Return the offset the next record of each partition will get."""
        return {place: self._marks[place] for place in self.partitions(topic)}

    def _mark_of(self, place: TopicPartition) -> int:
        return self._marks[place]

    def join(self, group: str, name: str, topics: Sequence[str]) -> GroupReader:
        """Become a reader of a group; all of its readers are in this process."""
        places = [place for topic in topics for place in self.partitions(topic)]
        return self._groups.join(group, name, places)

    def _wake_readers(self) -> None:
        with self._appended:
            self._given += 1
            self._appended.notify_all()

    def wait(self, seen: int, timeout_s: float) -> int:
        """Wait until there may be something new since ``seen`` and return the new mark.

        The mark counts the records in the log and the times that readers were given
        partitions. Returns early when the log is closed.
        """
        with self._appended:
            self._require_open()
            self._appended.wait_for(lambda: not self._open or self._mark() > seen, timeout_s)
            return self._mark()

    def _mark(self) -> int:
        return self._count + self._given

    def commit_offsets(self, group: str, offsets: Iterable[tuple[TopicPartition, int]]) -> None:
        """Record the next offset to read for a group."""
        self._require_open()
        noted: dict[tuple[str, str, int], int] = {}
        for place, offset in offsets:
            if place not in self._numbers:
                raise _unknown(place.topic)
            noted[group, place.topic, place.partition] = offset
        with self._noting:
            self._offsets.update(noted)
            self._unsaved.update(noted)

    def committed_offset(self, group: str, position: TopicPartition) -> int:
        """Return the next offset to read for a group, 0 where none was committed."""
        self._require_open()
        return self._offsets.get((group, position.topic, position.partition), 0)

    def close(self) -> None:
        """Release everything; later calls raise ``RuntimeError``."""
        with self._writing:
            if not self._open:
                return
            try:
                if self._unsaved:
                    self._save(())
            finally:
                self._open = False
                self._file.close()
                self._release()
        with self._appended:
            self._appended.notify_all()

    def _require_open(self) -> None:
        if not self._open:
            raise RuntimeError("the log is closed")


def _lock_of(path: str | Path) -> FolderLock | None:
    if str(path) == ":memory:":
        return None
    folder = Path(path).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return FolderLock(folder / f"{Path(path).name}.lock")
    except OSError as error:
        raise Rejected(
            "data_unusable",
            f"The data folder {folder} cannot be used: {error}.",
            f"数据目录 {folder} 无法使用：{error}。",
        ) from error


def _unknown(topic: str) -> Rejected:
    return Rejected("topic_unknown", f"There is no topic {topic}.", f"主题 {topic} 不存在。")


def _check_range(place: TopicPartition, offset: int, mark: int) -> None:
    if not 0 <= offset <= mark:
        raise Rejected(
            "offset_out_of_range",
            f"{place.topic}/{place.partition} ends at {mark}; offset {offset} is not in it. "
            "The log is not the one that was read before.",
            f"{place.topic}/{place.partition} 的末端为 {mark}，不含偏移量 {offset}；"
            "该日志并非此前读取的日志。",
            field=place.topic,
        )
