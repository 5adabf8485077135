"""The thread that brings outbox rows to the log, in the order it is given them.

It has a thread of its own so that nobody who waits for an answer waits for the log: a broker
that is slow or away holds up what is published, and nothing else. A topic that the log refuses,
for want of rights perhaps, holds up its own messages and no other region's.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from itertools import chain

from clearing.errors import Rejected, Unavailable
from clearing.ports import Log, NewRecord
from services.node import topics
from services.node.machine import NodeMachine, records_of
from services.node.observer import UNOBSERVED, Observer
from services.node.records import Outgoing

logger = logging.getLogger(__name__)

RETRY_S = 0.05
REFUSED_AGAIN_S = 5.0
"""How long the messages of a topic that was refused wait; those behind them wait with them."""

BEHIND_S = 5.0
"""A log that has not taken what it was given for so long takes nothing."""

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
        self._underway_since_s = 0.0
        self._failed = False
        self._refused: dict[str, list[Written]] = {}
        self._again_at_s = 0.0
        self._news = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="yidi-relay")
        self.on_fatal: Callable[[BaseException], None] | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def __len__(self) -> int:
        """Return how many rows the log is not known to have."""
        refused = sum(map(len, list(self._refused.values())))
        return len(self._given) + len(self._underway) + refused

    @property
    def is_behind(self) -> bool:
        """Tell whether the log takes nothing just now. Any thread may ask.

        That rows are under way means nothing: under load some always are.
        """
        waits_s = time.monotonic() - self._underway_since_s
        return self._failed or (bool(self._underway) and waits_s > BEHIND_S)

    def left(self) -> list[Written]:
        """Return the rows that the log is not known to have. Any thread may ask."""
        with self._news:
            return [*chain(*self._refused.values()), *self._underway, *self._given]

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
            while self._goes_on():
                if self._underway and not self._publish():
                    if self._stopping:
                        return
                    self._pause()
        except BaseException as error:
            logger.critical("the relay ends", exc_info=error)
            if self.on_fatal is not None:
                self.on_fatal(error)

    def _goes_on(self) -> bool:
        """Wait until there may be something to publish; ``False`` when this is the end.

        What the log did not take is brought again whole and first, as the log asks.
        """
        with self._news:
            self._news.wait_for(
                lambda: self._underway or self._given or self._stopping,
                self._again_at_s - time.monotonic() if self._refused else None,
            )
            if not self._underway:
                self._underway_since_s = time.monotonic()
                self._underway = self._next()
        return bool(self._underway) or not self._stopping

    def _next(self) -> list[Written]:
        """Return what comes next; rows of a refused topic stay behind those that were refused."""
        rows: list[Written] = []
        if not self._stopping and time.monotonic() >= self._again_at_s:
            rows += chain(*self._refused.values())
            self._refused.clear()
        for _ in range(min(len(self._given), MOST_AT_ONCE)):
            written = self._given.popleft()
            self._refused.get(written[1].topic, rows).append(written)
        return rows

    def _publish(self) -> bool:
        began_s = time.monotonic()
        rows = self._underway
        try:
            rows = self._append(rows)
        except Unavailable as error:
            logger.warning("the log did not take %d records: %s", len(rows), error)
            self._observer.not_appended()
            self._failed = True
            return False
        self._failed = False
        if rows:
            self._observer.appended(len(rows), time.monotonic() - began_s)
        self._published.extend(rows)
        with self._news:
            self._underway = []
        return True

    def _pause(self) -> None:
        with self._news:
            self._news.wait_for(lambda: self._stopping, RETRY_S)

    def _append(self, rows: list[Written]) -> list[Written]:
        """Append rows; return those that the log took. Raises ``Unavailable``."""
        try:
            self._log.append(_records(rows))
        except Rejected:
            return self._append_apart(rows)
        return rows

    def _append_apart(self, rows: Iterable[Written]) -> list[Written]:
        """Append topic by topic, and keep what is refused for a while."""
        by_topic: dict[str, list[Written]] = {}
        for written in rows:
            by_topic.setdefault(written[1].topic, []).append(written)
        refused, taken = {}, []
        for topic, some in by_topic.items():
            try:
                topics.make_where_missing(self._log, topic, self._partitions)
                self._log.append(_records(some))
            except Rejected as error:
                logger.error("%d messages wait: the log refuses %s: %s", len(some), topic, error)
                refused[topic] = some
            else:
                taken += some
        with self._news:
            self._refused |= refused
            self._again_at_s = time.monotonic() + REFUSED_AGAIN_S
        return taken


def _records(rows: Iterable[Written]) -> list[NewRecord]:
    return records_of([row for _, row in rows])
