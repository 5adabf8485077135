"""The thread that brings outbox rows to the log, in the order it is given them.

It has a thread of its own so that nobody who waits for an answer waits for the log: a broker
that is slow or away holds up what is published, and nothing else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from clearing.errors import Rejected, Unavailable
from clearing.ports import Log, NewRecord
from services.node import topics
from services.node.machine import NodeMachine, records_of
from services.node.observer import UNOBSERVED, Observer
from services.node.records import Outgoing

logger = logging.getLogger(__name__)

RETRY_S = 0.05
MOST_AT_ONCE = 5_000

Written = tuple[NodeMachine, Outgoing]
"""A row that is committed, with the machine whose outbox it is in."""


class Relay:
    """Publishes rows at least once. ``give`` and ``take_published`` are called by one thread."""

    def __init__(self, log: Log, *, partitions: int, observer: Observer = UNOBSERVED) -> None:
        """``partitions`` is what a topic gets that nobody has made yet."""
        self._observer = observer
        self._log = log
        self._partitions = partitions
        self._given: deque[Written] = deque()
        self._published: deque[Written] = deque()
        self._underway: list[Written] = []
        self._news = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="yidi-relay")
        self.on_fatal: Callable[[BaseException], None] | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def __len__(self) -> int:
        """Return how many rows the log is not known to have."""
        return len(self._given) + len(self._underway)

    def left(self) -> list[Written]:
        """Return the rows that the log is not known to have. Any thread may ask."""
        with self._news:
            return [*self._underway, *self._given]

    def give(self, rows: Iterable[Written]) -> None:
        """Take committed rows; those of one key in their order."""
        with self._news:
            self._given.extend(rows)
            if self._given:
                self._news.notify()

    def take_published(self) -> list[Written]:
        """Return the rows that the log has taken since the last time."""
        published = self._published
        return [published.popleft() for _ in range(len(published))]

    def stop(self) -> None:
        """Try once to publish what is left, then end the thread; the outbox keeps the rest."""
        with self._news:
            self._stopping = True
            self._news.notify()
        self._thread.join()

    def _loop(self) -> None:
        try:
            while self._next():
                if not self._publish():
                    if self._stopping:
                        return
                    self._pause()
        except BaseException as error:
            logger.critical("the relay ends", exc_info=error)
            if self.on_fatal is not None:
                self.on_fatal(error)

    def _next(self) -> bool:
        """Wait until there is something to publish; ``False`` when this is the end.

        What the log did not take is brought again whole and first, as the log asks.
        """
        with self._news:
            while not (self._underway or self._given or self._stopping):
                self._news.wait()
            if not self._underway:
                count = min(len(self._given), MOST_AT_ONCE)
                self._underway = [self._given.popleft() for _ in range(count)]
        return bool(self._underway)

    def _publish(self) -> bool:
        rows, began_s = self._underway, time.monotonic()
        try:
            self._append(records_of([row for _, row in rows]))
        except Unavailable as error:
            logger.warning("the log did not take %d records: %s", len(rows), error)
            self._observer.not_appended()
            return False
        self._observer.appended(len(rows), time.monotonic() - began_s)
        self._published.extend(rows)
        self._underway = []
        return True

    def _pause(self) -> None:
        with self._news:
            self._news.wait_for(lambda: self._stopping, RETRY_S)

    def _append(self, records: Sequence[NewRecord]) -> None:
        try:
            self._log.append(records)
        except Rejected:  # a topic is missing: the first message to a region that nobody hosts yet
            for topic in sorted({record.topic for record in records}):
                try:
                    self._log.partitions(topic)
                except Rejected:
                    self._log.ensure_topic(topic, topics.partitions(topic, self._partitions))
            self._log.append(records)
