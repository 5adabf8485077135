"""What waits for the worker: requests and deliveries in order, and those that come again.

A round takes what is there. Where every statement goes to a database server, a round of one
command costs nearly what a round of twenty does: there a round waits a little for more.
"""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Iterator
from concurrent.futures import Future

from clearing.messages import Address
from services.node.backlog import Backlog
from services.node.command import Command, Final

MAX_ROUND = 400
"""Messages worked out in one go; lines told together count one each.

Settlements a second on the message leg, two runs each: 690 with 150, 874 with 250, 916 with 400,
829 with 1,000: larger batches keep the other roles waiting, and leave the processor's caches.
"""

Item = tuple[Address, Command, "Future[Final] | None"]
"""A command for a node, with the future of whoever waits for its answer."""


class Intake:
    """Filled by any thread, emptied by the worker's; ``again`` is the worker's alone."""

    def __init__(self, capacity: int, gather_s: float) -> None:
        """``capacity`` bounds what waits; ``gather_s`` is how long a round waits for more."""
        self._queue: queue.Queue[Item | None] = queue.Queue(capacity)
        self._gather_s = gather_s
        self.again: Backlog[Item] = Backlog()

    def __len__(self) -> int:
        """Return how much waits for a round, roughly."""
        return self._queue.qsize()

    def offer(self, item: Item) -> bool:
        """Take an item; ``False`` when too much waits."""
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            return False
        return True

    def put(self, item: Item, timeout_s: float) -> bool:
        """Take an item, waiting for room; ``False`` when there was none in time."""
        try:
            self._queue.put(item, timeout=timeout_s)
        except queue.Full:
            return False
        return True

    def wake(self) -> None:
        """Let a round begin though nothing came."""
        with contextlib.suppress(queue.Full):  # then one is due at once anyway
            self._queue.put_nowait(None)

    def next(self, timeout_s: float, *, hurried: bool) -> list[Item]:
        """Return what the next round is made of, after ``timeout_s`` at most perhaps nothing.

        ``hurried`` gathers nothing beyond what is there.
        """
        items = list(self.again.take_due(time.monotonic()))
        if not items:
            due_in_s = self.again.due_in_s(time.monotonic())
            waits_s = timeout_s if due_in_s is None else min(timeout_s, due_in_s)
            try:
                first = self._queue.get(timeout=max(waits_s, 0.001))
            except queue.Empty:
                return list(self.again.take_due(time.monotonic()))
            self._take(first, items)
            if items and self._gather_s and not hurried:
                time.sleep(self._gather_s)
        weight = sum(command.weight for _, command, _ in items)
        while weight < MAX_ROUND:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            self._take(item, items)
            weight += 1 if item is None else item[1].weight
        return items

    def _take(self, item: Item | None, items: list[Item]) -> None:
        """Add what came out of the queue, unless it has to stay behind deliveries before it."""
        if item is None:
            return
        if item[2] is None and self.again.queued_behind(item[0], item):
            return
        items.append(item)

    def take_all(self) -> Iterator[Item]:
        """Take everything, due or not."""
        yield from self.again.take_all()
        while True:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return
            if item is not None:
                yield item
