"""The log port on Apache Kafka: the same promises as the embedded log, over many processes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from random import Random
from threading import Condition, Lock
from typing import Any

from kafka import OffsetAndMetadata, errors
from kafka.admin import KafkaAdminClient, OffsetSpec

from adapters.broker import doorway, mending
from adapters.broker.browser import Browser
from adapters.broker.failures import out_of_range, patiently, translated
from adapters.broker.known_topics import KnownTopics
from adapters.broker.quiet import quieten
from adapters.broker.reader import BrokerReader
from adapters.broker.records import Names
from adapters.broker.settings import BrokerSettings
from adapters.broker.topics import TopicPlan, create, wrong_partitions
from adapters.broker.watchdog import Watchdog, end_process
from adapters.broker.writer import Writer
from clearing.errors import Rejected
from clearing.partitions import partition_of, share_out
from clearing.ports import LogRecord, NewRecord, TopicPartition

logger = logging.getLogger(__name__)

PROBE_WITHIN_MS = 3_000


class BrokerLog:
    """The log port for one process; any number of threads may use it.

    Logged time is the broker's clock at the time of appending. A client that is stuck for good
    (see ``Writer.trouble`` and ``BrokerReader.trouble``) ends the process by ``on_stuck``.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        replicas: int = 1,
        in_sync: int = 1,
        retention_ms: int | None = None,
        keep_ms: int = 0,
        gather_ms: int = 0,
        on_stuck: Callable[[str], None] = end_process,
    ) -> None:
        """Connect. ``replicas``, ``in_sync`` and ``retention_ms`` are for ``ensure_topic``.

        Every topic is looked at before it is used first: ``require_sound`` tells what of, with
        ``in_sync`` and ``keep_ms``, which is how long records must be kept at the least.
        ``gather_ms`` is how long readers let the broker wait for more than one record: what
        nobody waits for costs a fraction of the fetches then.
        Raises ``Malformed`` for settings that are wrong, ``Unavailable`` when the broker does
        not answer.
        """
        for defect in settings.defects():
            raise defect
        doorway.check(settings)
        quieten()
        mending.mend()
        self._settings = settings
        self._names = Names(settings.prefix)
        self._defaults = (replicas, in_sync, retention_ms)
        self._gather_ms = gather_ms
        self._turns = Random(0)
        self._news = Condition()
        self._mark = 0
        self._lock = Lock()
        self._readers: list[BrokerReader] = []
        self._noted: dict[tuple[str, TopicPartition], int] = {}
        self._open = True
        with translated():
            self._admin: Any = KafkaAdminClient(**settings.connection())
        self._topics = KnownTopics(
            self._admin,
            self._names,
            within_ms=settings.request_timeout_ms,
            in_sync=in_sync,
            keep_ms=keep_ms,
        )
        self._writer = Writer(settings)
        self._browser = Browser(settings)
        self._watchdog = Watchdog(self._look, on_stuck)

    def ensure_topic(self, topic: str, partitions: int) -> None:
        """See ``Log``. A topic of any plan will do when its partitions are right."""
        self._require_open()
        try:
            found = len(self.partitions(topic))
        except Rejected as error:
            if error.code != "topic_unknown":
                raise
            with translated():
                create(self._admin, self._settings.prefix, [self._plan(topic, partitions)])
            found = len(self.partitions(topic))
        if found != partitions:
            raise wrong_partitions(topic, found, partitions)

    def _plan(self, topic: str, partitions: int) -> TopicPlan:
        replicas, in_sync, retention_ms = self._defaults
        return TopicPlan(topic, partitions, replicas, in_sync, retention_ms)

    def partitions(self, topic: str) -> Sequence[TopicPartition]:
        """See ``Log``."""
        self._require_open()
        count = self._topics.partitions(topic)
        return tuple(TopicPartition(topic, at) for at in range(count))

    def require_usable(self, topic: str, partitions: int, *, reads: bool, writes: bool) -> None:
        """Make sure that a topic can be used so.

        Raises what ``KnownTopics`` does, and ``Rejected`` (``topic_partitions``) for one with
        another count: a member's messages would not stay in order.
        """
        self._require_open()
        found = self._topics.partitions(topic)
        if found != partitions:
            raise wrong_partitions(topic, found, partitions)
        if reads:
            self._topics.readable(topic)
        if writes:
            self._topics.writable(topic)

    def append(self, records: Sequence[NewRecord]) -> None:
        """See ``Log``. Also raises ``Rejected`` (``record_too_large``)."""
        self._require_open()
        placed = [(self._place(record), record) for record in records]
        if placed:
            self._writer.append(placed)
            self._tell()

    def _place(self, record: NewRecord) -> TopicPartition:
        count = self._topics.writable(record.topic)
        return TopicPartition(record.topic, partition_of(record.key, count))

    def poll(self, positions: Mapping[TopicPartition, int], limit: int) -> Sequence[LogRecord]:
        """See ``Log``. For looking something up: readers of a group are far quicker."""
        self._require_open()
        marks = self._marks(positions)
        waiting = []
        for place, offset in positions.items():
            if not 0 <= offset <= marks[place]:
                raise out_of_range(place, offset)
            if offset < marks[place]:
                waiting.append((place, marks[place] - offset))
        found: list[LogRecord] = []
        for place, count in share_out(waiting, limit, self._turns):
            found += self._browser.read(place, positions[place], count)
        return found

    def high_marks(self, topic: str) -> Mapping[TopicPartition, int]:
        """See ``Log``."""
        return self._marks(self.partitions(topic))

    def _marks(self, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        known = list(places)
        for topic in {place.topic for place in known}:
            self.partitions(topic)
        asked = {self._names.place_outside(place): OffsetSpec.LATEST for place in known}
        if not asked:
            return {}
        with translated():
            found = self._patiently(lambda: self._admin.list_partition_offsets(asked))
        return {self._names.place(place): each.offset for place, each in found.items()}

    def join(self, group: str, name: str, topics: Sequence[str]) -> BrokerReader:
        """See ``Log``. ``name`` is the member's static id: letters, digits, ``.``, ``_``, ``-``."""
        self._require_open()
        for topic in topics:
            self._topics.readable(topic)
        reader = BrokerReader(self._settings, group, name, topics, self._tell, self._gather_ms)
        with self._lock:
            self._readers.append(reader)
        return reader

    def wait(self, seen: int, timeout_s: float) -> int:
        """See ``Log``. Returns early when the log is closed."""
        with self._news:
            self._require_open()
            self._news.wait_for(lambda: not self._open or self._mark > seen, timeout_s)
            return self._mark

    def _tell(self) -> None:
        with self._news:
            self._mark += 1
            self._news.notify_all()

    def commit_offsets(self, group: str, offsets: Iterable[tuple[TopicPartition, int]]) -> None:
        """See ``Log``. The broker hears of them within about a second."""
        self._require_open()
        noted = dict(offsets)
        for topic in {place.topic for place in noted}:
            self.partitions(topic)
        with self._lock:
            readers = [each for each in self._readers if each.group == group]
            if not any(each.held() for each in readers):
                self._noted |= {(group, place): offset for place, offset in noted.items()}
                return
        for reader in readers:  # each tells of what it holds; the broker takes nothing else
            reader.commit(noted)

    def committed_offset(self, group: str, position: TopicPartition) -> int:
        """See ``Log``."""
        self._require_open()
        with self._lock:
            noted = self._noted.get((group, position))
        if noted is not None:
            return noted
        outside, place = self._names.outside(group), self._names.place_outside(position)
        with translated():
            found = self._patiently(lambda: self._admin.list_group_offsets({outside: [place]}))
        known = found.get(outside, {}).get(place)
        return max(known.offset, 0) if known is not None else 0

    def _send_noted(self) -> None:
        """Commit offsets of groups that nobody here reads for."""
        with self._lock:
            noted, self._noted = self._noted, {}
        groups: dict[str, dict[Any, Any]] = {}
        for (group, place), offset in noted.items():
            outside = self._names.place_outside(place)
            groups.setdefault(group, {})[outside] = OffsetAndMetadata(offset, "", -1)
        for group, offsets in groups.items():
            name = self._names.outside(group)
            alter = partial(self._admin.alter_group_offsets, name, offsets)
            try:
                refused = {each for each in self._patiently(alter).values() if each.errno}
            except errors.KafkaError as error:
                refused = {type(error)}
            if refused:
                logger.warning("offsets of %s were not committed: %s", group, refused)

    def _patiently(self, call: Callable[[], Any]) -> Any:
        return patiently(call, self._settings.request_timeout_ms)

    def _look(self) -> str | None:
        """Find a client that is stuck, and on the way send what offsets were noted."""
        reason = self._writer.trouble()
        with self._lock:
            readers = list(self._readers)
        for reader in readers:
            reason = reason or reader.trouble(self._answers)
        if reason is None:
            self._send_noted()
        return reason

    def _answers(self, group: str) -> bool:
        """Tell whether a fresh client gets through to the broker that coordinates a group."""
        options = self._settings.connection() | {"bootstrap_timeout_ms": PROBE_WITHIN_MS}
        try:
            probe = KafkaAdminClient(**options)
        except errors.KafkaError:
            return False
        try:
            probe.describe_groups([self._names.outside(group)])
        except errors.KafkaError:
            return False
        finally:
            probe.close()
        return True

    def close(self) -> None:
        """See ``Log``. Readers that are still there leave."""
        with self._news:
            if not self._open:
                return
            self._open = False
            self._news.notify_all()
        self._watchdog.stop()
        for reader in self._readers:
            reader.close()
        self._writer.close()
        self._browser.close()
        self._send_noted()
        try:
            self._admin.close()
        except errors.KafkaError as error:
            logger.warning("the admin client ended with %r", error)

    def _require_open(self) -> None:
        if not self._open:
            raise RuntimeError("the log is closed")
