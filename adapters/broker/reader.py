"""One of a group's readers: a thread that keeps a consumer alive and a shelf it fills.

The client's callbacks run on the thread that sends its heartbeats, so they only note what
changed. Whoever uses the reader never touches the client, and never waits for it.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from random import Random
from threading import Condition, Event, Thread
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, errors
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.structs import MemberState

from adapters.broker.failures import meaning, out_of_range, translated
from adapters.broker.records import Names
from adapters.broker.settings import BrokerSettings
from clearing.errors import Rejected, YidiError
from clearing.partitions import share_out
from clearing.ports import LogRecord, TopicPartition

logger = logging.getLogger(__name__)

SHELF_RECORDS = 2_000
"""What is read ahead; beyond it the reader fetches nothing more."""

JOIN_POLL_MS = 2_000
"""Long, so that a join ends while it is waited for: one that ends between two polls is thrown
away and begun anew (kafka-python 3.0), for good where each new join disturbs the others."""

PLACE_POLL_MS = 20
POLL_MS = 200
MAX_POLL_RECORDS = 500
"""Measured with 65 partitions of eight nodes on two cores busy with other things: processor time
of the process, 20,000 records of 300 bytes, once or twice each.

    readers            fetch waits   idle ms a second   busy us a record   placed to read, ms
    one for each node     500 ms          75, 79            124, 93
    one for all           500 ms          14, 15             57, 36               324
    one for all          2000 ms          10                 17                  1,210

With 1,000 records a poll it was 16 and 31. So the client's own 500 ms and 500 records stay: a
fetch that waits longer also keeps a partition waiting that was placed meanwhile, though nothing
else (4 ms from append to read with each, 60 ms at the 99th percentile).
"""

GATHERED_BYTES = 65_536
"""So much is worth an answer before the time to gather is over."""

COMMIT_EVERY_S = 1.0
PROVE_EVERY_S = 3.0
"""A reader whose name another has taken goes on reading, without heartbeats and without an error:
only a commit of its own tells it (kafka-python 3.0). So one is sent even when nothing is new."""

PAUSE_S = 0.2


class BrokerReader:
    """The reader port over a consumer group with static members.

    ``arrived`` is called from other threads when there may be something new to read or place.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        group: str,
        name: str,
        topics: Sequence[str],
        arrived: Callable[[], None],
        gather_ms: int = 0,
    ) -> None:
        """Connect and begin to join. Raises what ``translated`` makes of the client's errors.

        ``gather_ms`` is how long the broker keeps a fetch back for more than one record.
        """
        self.group = group
        self._name = name
        self._settings = settings
        self._names = Names(settings.prefix)
        self._arrived = arrived
        self._turns = Random(0)
        self._shelf: dict[TopicPartition, deque[LogRecord]] = {}
        self._next: dict[TopicPartition, int | None] = {}
        self._seeks: dict[TopicPartition, int] = {}
        self._commits: dict[TopicPartition, int] = {}
        self._left_out: AbstractSet[str] = frozenset()
        self._quiet: AbstractSet[str] = frozenset()
        self._holes: dict[TopicPartition, int] = {}
        self._refusals: dict[TopicPartition, YidiError] = {}
        self._refusal: YidiError | None = None
        self._crash: BaseException | None = None
        self._changed = Condition()
        self._closing = Event()
        self._stable_at = self._turned_at = time.monotonic()
        self._answered = True
        self._told: dict[TopicPartition, int] = {}
        self._told_at = 0.0
        with translated():
            self._consumer = KafkaConsumer(
                **settings.connection(),
                group_id=self._names.outside(group),
                group_instance_id=name,
                partition_assignment_strategy=[CooperativeStickyAssignor],
                session_timeout_ms=settings.session_timeout_ms,
                heartbeat_interval_ms=settings.heartbeat_interval_ms,
                max_poll_interval_ms=settings.rebalance_within_ms,
                max_poll_records=MAX_POLL_RECORDS,
                **_gathering(gather_ms),
                allow_auto_create_topics=False,
                auto_offset_reset="none",
                enable_auto_commit=False,
                isolation_level="read_committed",  # nobody here writes in transactions
                metrics_enabled=False,
            )
        outside = [self._names.outside(topic) for topic in topics]
        self._consumer.subscribe(topics=outside, listener=_Listener(self))
        self._thread = Thread(target=self._run, name=f"yidi-reader {group}", daemon=True)
        self._thread.start()

    # --- what its user does

    def unplaced(self) -> frozenset[TopicPartition]:
        """See ``Reader``."""
        with self._changed:
            self._require_good()
            return frozenset(place for place, next_ in self._next.items() if next_ is None)

    def held(self) -> frozenset[TopicPartition]:
        """See ``Reader``."""
        with self._changed:
            return frozenset(self._next)

    def place(self, offsets: Mapping[TopicPartition, int]) -> None:
        """See ``Reader``."""
        with self._changed:
            for place, offset in offsets.items():
                if place in self._next:
                    self._next[place] = self._seeks[place] = offset
                    self._commits[place] = offset
                    self._shelf[place] = deque()
                    self._refusals.pop(place, None)
            self._changed.notify_all()

    def read(self, limit: int, without: AbstractSet[str] = frozenset()) -> Sequence[LogRecord]:
        """See ``Reader``. What was fetched of the topics left out stays; nothing is added to it."""
        found: list[LogRecord] = []
        with self._changed:
            self._require_good()
            for place, refusal in self._refusals.items():
                if place.topic not in without:
                    raise refusal
            self._left_out = without
            waiting = [
                (place, len(shelf))
                for place, shelf in self._shelf.items()
                if shelf and place.topic not in without
            ]
            for place, count in share_out(waiting, limit, self._turns):
                shelf = self._shelf[place]
                found += [shelf.popleft() for _ in range(count)]
            if found:
                self._changed.notify_all()
        return found

    def lag(self) -> Mapping[TopicPartition, int]:
        """See ``Reader``. The high marks are those of the last fetch."""
        with self._changed:
            standing = {
                place: next_ - len(self._shelf[place])
                for place, next_ in self._next.items()
                if next_ is not None
            }
        marks = {place: self._high_mark(place) for place in standing}
        return {
            place: max(mark - standing[place], 0)
            for place, mark in marks.items()
            if mark is not None
        }

    def _high_mark(self, place: TopicPartition) -> int | None:
        try:
            mark: int | None = self._consumer.highwater(self._names.place_outside(place))
        except errors.KafkaError:  # given up this moment
            return None
        return mark

    def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Note offsets that the broker is to be told."""
        with self._changed:
            self._commits.update(offsets)

    def close(self) -> None:
        """See ``Reader``. Its name stays a member until the session times out, or it is back."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join(timeout=10)
        with self._changed:
            self._let_go(list(self._next))

    def trouble(self, answers: Callable[[str], bool]) -> str | None:
        """Say why this reader will never read again, where that is so.

        A consumer of kafka-python 3.0 can spin in a rebalance for good, without an error.
        ``answers`` tells whether a fresh client gets through to the group's broker: one that
        is away is no fault of this one.
        """
        if self._closing.is_set() or self._refusal is not None:
            return None
        if self._crash is not None:
            return f"the reader of {self.group} crashed: {self._crash!r}"
        now = time.monotonic()
        if now - self._turned_at > self._settings.still_for_s:
            return f"the reader of {self.group} stands still for {now - self._turned_at:.0f} s"
        if self._consumer.group_metadata().state is MemberState.STABLE:
            self._stable_at = now
        outside_s = now - self._stable_at
        if outside_s <= self._settings.unstable_for_s:
            return None
        answered, self._answered = self._answered, answers(self.group)
        if answered and self._answered:
            return f"the reader is outside of its group {self.group} for {outside_s:.0f} s"
        self._stable_at = time.monotonic()  # a broker that is back gives it as long once more
        return None

    def _require_good(self) -> None:
        if self._closing.is_set():
            raise RuntimeError("the reader is closed")
        if self._refusal is not None:
            raise self._refusal

    # --- what the client calls, on its own thread

    def given(self, places: Sequence[TopicPartition]) -> None:
        """Note partitions that this reader was given; they stay still until placed."""
        outside = [self._names.place_outside(place) for place in places]
        self._consumer.pause(*outside)
        for place in outside:
            self._consumer.seek(place, 0)  # so that the client looks for no offset of its own
        with self._changed:
            for place in places:
                self._next[place] = None
                self._shelf[place] = deque()
        self._arrived()

    def taken(self, places: Sequence[TopicPartition]) -> None:
        """Note partitions that this reader no longer has."""
        with self._changed:
            self._let_go(places)

    def _let_go(self, places: Sequence[TopicPartition]) -> None:
        for place in places:
            self._next.pop(place, None)
            self._shelf.pop(place, None)
            self._seeks.pop(place, None)
            self._commits.pop(place, None)
            self._told.pop(place, None)
            self._refusals.pop(place, None)
            self._holes.pop(place, None)

    # --- what the reader's thread does

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._turn()
                self._turned_at = time.monotonic()
            self._send_commits(last=True)
        except errors.FencedInstanceIdError:
            self._end_as_replaced()
        except Exception as error:
            logger.critical("the reader of %s ends", self.group, exc_info=True)
            self._crash = error
        finally:
            self._close_client()

    def _turn(self) -> None:
        try:
            self._carry_out_seeks()
            self._leave_out()
            self._send_commits()
            self._fill_shelf()
        except errors.FencedInstanceIdError:
            raise
        except errors.OffsetOutOfRangeError as error:
            self._refuse({self._names.place(at): offset for at, offset in error.args[0].items()})
        except errors.LogTruncationError as error:
            self._refuse({self._names.place(at): -1 for at in error.divergent_offsets})
        except errors.NoOffsetForPartitionError:
            pass  # given this moment, and not yet noted
        except errors.AuthorizationError as error:
            self._refusal = meaning(error)
            self._arrived()
            time.sleep(PAUSE_S)
        except errors.KafkaError as error:
            logger.warning("the reader of %s goes on after %r", self.group, error)
            time.sleep(PAUSE_S)

    def _carry_out_seeks(self) -> None:
        with self._changed:
            seeks, self._seeks = self._seeks, {}
        for place, offset in seeks.items():
            outside = self._names.place_outside(place)
            if outside in self._consumer.assignment():
                self._consumer.seek(outside, offset)
                if place.topic not in self._quiet:
                    self._consumer.resume(outside)

    def _leave_out(self) -> None:
        """Fetch nothing of the topics left out, and go on with those that are so no longer."""
        with self._changed:
            wanted = self._left_out
            if wanted == self._quiet:
                return
            placed = [
                place
                for place, next_ in self._next.items()
                if next_ is not None and place not in self._refusals
            ]
        for place in placed:
            outside = self._names.place_outside(place)
            if outside not in self._consumer.assignment():
                continue
            if place.topic in wanted - self._quiet:
                self._consumer.pause(outside)
            elif place.topic in self._quiet - wanted:
                self._consumer.resume(outside)
        self._quiet = wanted

    def _send_commits(self, *, last: bool = False) -> None:
        since_s = time.monotonic() - self._told_at
        if since_s < COMMIT_EVERY_S and not last:
            return
        with self._changed:
            commits = {at: offset for at, offset in self._commits.items() if at in self._next}
            self._commits = {}
            self._told |= commits
            if not commits and since_s >= PROVE_EVERY_S:
                commits = dict(list(self._told.items())[:1])
        if not commits:
            return
        self._told_at = time.monotonic()
        offsets = {
            self._names.place_outside(place): OffsetAndMetadata(offset, "", -1)
            for place, offset in commits.items()
        }
        if last:
            try:
                self._consumer.commit(offsets, timeout_ms=1000)
            except errors.KafkaError as error:
                logger.warning("offsets of %s were not committed: %r", self.group, error)
        else:
            self._consumer.commit_async(offsets, callback=self._committed)

    def _committed(self, offsets: Mapping[Any, Any], outcome: object) -> None:
        del offsets
        if isinstance(outcome, Exception):  # the inbox absorbs what is read again for it
            logger.warning("offsets of %s were not committed: %r", self.group, outcome)

    def _fill_shelf(self) -> None:
        with self._changed:
            room = self._room()
            if room <= 0:
                self._changed.wait(PAUSE_S)
                room = self._room()
            unplaced = any(next_ is None for next_ in self._next.values())
        if room <= 0:
            self._stay_a_member()
            return
        joined = self._consumer.group_metadata().state is MemberState.STABLE
        timeout_ms = JOIN_POLL_MS if not joined else PLACE_POLL_MS if unplaced else POLL_MS
        pages = self._consumer.poll(timeout_ms, max_records=min(room, MAX_POLL_RECORDS))
        if pages:
            self._take(pages)

    def _room(self) -> int:
        """Return how many records more may be fetched; what is left out takes no room."""
        return SHELF_RECORDS - sum(
            len(shelf) for place, shelf in self._shelf.items() if place.topic not in self._left_out
        )

    def _stay_a_member(self) -> None:
        """Poll for the group's sake alone, while the user is behind.

        As long as for records while the group is not settled: see ``JOIN_POLL_MS``.
        """
        joined = self._consumer.group_metadata().state is MemberState.STABLE
        fetching = self._consumer.assignment() - self._consumer.paused()
        self._consumer.pause(*fetching)
        try:
            self._consumer.poll(0 if joined else JOIN_POLL_MS)
        finally:
            self._consumer.resume(*(fetching & self._consumer.assignment()))

    def _take(self, pages: Mapping[Any, Sequence[Any]]) -> None:
        with self._changed:
            for outside, records in pages.items():
                place = self._names.place(outside)
                for record in records:
                    if not self._follows(place, record.offset):
                        break
                    self._shelf[place].append(self._names.record(place, record))
                    self._next[place] = record.offset + 1
        self._arrived()

    def _follows(self, place: TopicPartition, offset: int) -> bool:
        """Tell whether a record is the next one; what was fetched before a ``place`` is not.

        A later one is asked for once more from where it should begin. The broker itself refuses
        that where it has the records no more; where it gives the same one again, there is none
        between: the mark of a transaction, say, that somebody copied records in.
        """
        expected = self._next.get(place)
        if offset == expected:
            return True
        if expected is None or place in self._seeks or offset < expected:
            return False
        if self._holes.get(place) != expected:
            self._holes[place] = self._seeks[place] = expected
            return False
        logger.warning("%s goes on at %d: there is no record %d", place, offset, expected)
        return True

    def _refuse(self, offsets: Mapping[TopicPartition, int]) -> None:
        with self._changed:
            for place, offset in offsets.items():
                if place in self._next and place not in self._seeks:
                    self._refusals[place] = out_of_range(place, offset)
                    self._consumer.pause(self._names.place_outside(place))
        self._arrived()

    def _end_as_replaced(self) -> None:
        with self._changed:
            self._refusal = Rejected(
                "reader_replaced",
                f"Another reader joined {self.group} as {self._name}.",
                f"另一读取者已以 {self._name} 之名加入 {self.group}。",
            )
            self._let_go(list(self._next))
        self._arrived()

    def _close_client(self) -> None:
        try:
            self._consumer.close(autocommit=False, timeout_ms=2000)
        except errors.KafkaError as error:
            logger.warning("the consumer of %s ended with %r", self.group, error)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc] # the client has no annotations
    """Passes on what the client says, in the house's terms."""

    def __init__(self, reader: BrokerReader) -> None:
        self._reader = reader

    def on_partitions_assigned(self, assigned: Any) -> None:
        """Partitions were added."""
        self._reader.given([self._reader._names.place(each) for each in assigned])

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Partitions were given up."""
        self._reader.taken([self._reader._names.place(each) for each in revoked])


def _gathering(gather_ms: int) -> dict[str, int]:
    """Return the client's options for fetches that wait; by default one record is enough."""
    if gather_ms == 0:
        return {}
    return {"fetch_min_bytes": GATHERED_BYTES, "fetch_max_wait_ms": gather_ms}
