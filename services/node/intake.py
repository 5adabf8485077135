"""What waits for the worker: requests and deliveries in order, and those that come again.

A round takes what is there. Where every statement goes to a database server, a round of one
command costs nearly what a round of twenty does: there a round waits a little for more.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from threading import Condition, Lock

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
        """``capacity`` bounds what waits; ``gather_s`` is how long a round waits for more.

        It waits no longer than until there is enough for a whole round.
        """
        self._capacity = capacity
        self._gather_s = gather_s
        self._items: deque[Item] = deque()
        lock = Lock()
        self._filled, self._room = Condition(lock), Condition(lock)
        self._weight = 0
        self._enough = 1  # so much is worth waking whoever waits
        self._woken = False
        self.again: Backlog[Item] = Backlog()

    def __len__(self) -> int:
        """Return how much waits for a round."""
        return len(self._items)

    def offer(self, item: Item) -> bool:
        """Take an item; ``False`` when too much waits."""
        with self._filled:
            return self._take_in(item)

    def put(self, item: Item, timeout_s: float) -> bool:
        """Take an item, waiting for room; ``False`` when there was none in time."""
        with self._room:
            self._room.wait_for(self._has_room, timeout_s)
            return self._take_in(item)

    def _has_room(self) -> bool:
        return len(self._items) < self._capacity

    def _take_in(self, item: Item) -> bool:
        if not self._has_room():
            return False
        self._items.append(item)
        self._weight += item[1].weight
        if self._weight >= self._enough:
            self._filled.notify()
        return True

    def wake(self) -> None:
        """Let a round begin though nothing came."""
        with self._filled:
            self._woken = True
            self._filled.notify()

    def next(self, timeout_s: float, *, hurried: bool) -> list[Item]:
        """Return what the next round is made of, after ``timeout_s`` at most perhaps nothing.

        ``hurried`` gathers nothing beyond what is there.
        """
        items = list(self.again.take_due(time.monotonic()))
        if not items:
            due_in_s = self.again.due_in_s(time.monotonic())
            waits_s = timeout_s if due_in_s is None else min(timeout_s, due_in_s)
            with self._filled:
                self._await(1, max(waits_s, 0.001))
                if self._items and not hurried:
                    self._await(MAX_ROUND, self._gather_s)
                self._enough, self._woken = 1, False
            if not self._items:
                return list(self.again.take_due(time.monotonic()))
        self._fill(items)
        return items

    def _await(self, enough: int, timeout_s: float) -> None:
        """Wait for so many messages, or to be woken."""
        self._enough = enough
        self._filled.wait_for(lambda: self._woken or self._weight >= enough, timeout_s)

    def _fill(self, items: list[Item]) -> None:
        """Add what waits up to a whole round, but what has to stay behind deliveries before it."""
        weight = sum(command.weight for _, command, _ in items)
        with self._room:
            was_full = not self._has_room()
            while self._items and weight < MAX_ROUND:
                item = self._items.popleft()
                address, command, future = item
                self._weight -= command.weight
                if future is None and self.again.queued_behind(address, item):
                    continue
                items.append(item)
                weight += command.weight
            if was_full:
                self._room.notify_all()

    def take_all(self) -> Iterator[Item]:
        """Take everything, due or not."""
        yield from self.again.take_all()
        with self._room:
            waiting = list(self._items)
            self._items.clear()
            self._weight = 0
        yield from waiting
