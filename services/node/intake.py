"""What waits for the worker: requests and deliveries in order, and those that come again.

A round takes what is there. Where every statement goes to a database server, a round of one
command costs nearly what a round of twenty does: there a round waits a little for more, where
more is likely, and less where somebody waits for a whole chain of rounds.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Condition, Lock

from clearing.messages import Address
from services.node.backlog import Backlog
from services.node.command import Command, Final

MAX_ROUND = 400
"""Messages worked out in one go; lines told together count one each.

Settlements a second on the message leg, two runs each: 690 with 150, 874 with 250, 916 with 400,
829 with 1,000: larger batches keep the other roles waiting, and leave the processor's caches.
"""

NEVER = float("inf")

Item = tuple[Address, Command, "Future[Final] | None"]
"""A command for a node, with the future of whoever waits for its answer."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long commands wait for others to come, in seconds from when they came themselves.

    ``hop_s`` is for those that are one hop of several between a caller and the answer. Where
    by the last second's traffic no other would come within that time, nothing is waited for.
    """

    hop_s: float = 0.0
    other_s: float = 0.0


NO_PATIENCE = Patience()


class Intake:
    """Filled by any thread, emptied by the worker's; ``again`` is the worker's alone."""

    def __init__(self, capacity: int, patience: Patience = NO_PATIENCE) -> None:
        """``capacity`` bounds what waits; ``patience`` is how long a round waits for more.

        It waits no longer than until there is enough for a whole round.
        """
        self._capacity = capacity
        self._patience = patience
        self._items: deque[Item] = deque()
        lock = Lock()
        self._filled, self._room = Condition(lock), Condition(lock)
        self._weight = 0
        self._due = NEVER  # when the round that these are of begins, whatever else comes
        self._hop_s = self._other_s = 0.0  # how long it pays to wait, by the traffic of late
        self._per_s, self._counted_at = 0.0, time.monotonic()
        self._woken = False
        self.again: Backlog[Item] = Backlog(_weight)
        self._tried_again = 0  # of what came again, how much the round under way has

    def __len__(self) -> int:
        """Return how much waits for a round."""
        return len(self._items)

    def offer(self, item: Item) -> bool:
        """Take an item; ``False`` when too much waits."""
        with self._filled:
            return self._take_in(item)

    def put(self, item: Item, timeout_s: float) -> bool:
        """Take an item, waiting for room; ``False`` when there was none in time.

        Unlike a request it can wait for what comes again, which is bounded by that.
        """
        with self._room:
            return self._room.wait_for(self._is_short, timeout_s) and self._take_in(item)

    def _is_short(self) -> bool:
        return len(self._items) + len(self.again) + self._tried_again < self._capacity

    def _has_room(self) -> bool:
        return len(self._items) < self._capacity

    def _take_in(self, item: Item) -> bool:
        if not self._has_room():
            return False
        command = item[1]
        self._items.append(item)
        self._weight += command.weight
        due = time.monotonic() + (self._hop_s if command.is_hop else self._other_s)
        sooner = due < self._due
        if sooner:
            self._due = due
        if sooner or self._weight >= MAX_ROUND:
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
        items = self._again_due()
        if not items:
            due_in_s = self.again.due_in_s(time.monotonic())
            waits_s = timeout_s if due_in_s is None else min(timeout_s, due_in_s)
            with self._filled:
                self._filled.wait_for(lambda: self._woken or self._items, max(waits_s, 0.001))
                while not (hurried or self._woken) and self._items and self._weight < MAX_ROUND:
                    waits_s = self._due - time.monotonic()
                    if waits_s <= 0 or not self._filled.wait(waits_s):
                        break
                self._woken = False
            if not self._items:
                return self._again_due()
        self._fill(items)
        self._count(len(items))
        return items

    def _again_due(self) -> list[Item]:
        """Take what is to come again now; whatever the round before put back is there."""
        with self._room:
            items = self.again.take_due(time.monotonic(), MAX_ROUND)
            self._tried_again = len(items)
            if self._is_short():
                self._room.notify_all()
        return items

    def _count(self, commands: int) -> None:
        """Learn from a round what traffic there is: a mean that forgets within a second or two."""
        now = time.monotonic()
        self._per_s = self._per_s * math.exp(self._counted_at - now) + commands
        self._counted_at = now
        hop_s, other_s = self._patience.hop_s, self._patience.other_s
        self._hop_s = hop_s if self._per_s * hop_s >= 1 else 0.0
        self._other_s = other_s if self._per_s * other_s >= 1 else 0.0

    def _fill(self, items: list[Item]) -> None:
        """Add what waits up to a whole round, but what has to stay behind deliveries before it."""
        weight = sum(command.weight for _, command, _ in items)
        with self._room:
            while self._items and weight < MAX_ROUND:
                item = self._items.popleft()
                address, command, future = item
                self._weight -= command.weight
                if future is None and self.again.queued_behind(address, item):
                    continue
                items.append(item)
                weight += command.weight
            if not self._items:
                self._due = NEVER
            if self._is_short():
                self._room.notify_all()

    def take_all(self) -> Iterator[Item]:
        """Take everything, due or not."""
        yield from self.again.take_all()
        with self._room:
            waiting = list(self._items)
            self._items.clear()
            self._weight, self._due = 0, NEVER
        yield from waiting


def _weight(item: Item) -> int:
    return item[1].weight
