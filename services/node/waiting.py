"""Callers whose answer depends on another node, until it comes."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import Future

from clearing.errors import YidiError
from clearing.messages import Address
from services.node.command import Final, Waiting
from services.node.machine import NodeMachine
from services.node.shared_machine import SharedMachine

logger = logging.getLogger(__name__)

LOOK_S = 0.1
"""How often the database is asked for answers that another process may have got, and how long a
call has waited before that: most are answered by then, by the process that took them."""


class WaitingCalls:
    """Futures by request. Used from one thread; whoever stops waiting cancels its future."""

    def __init__(self, machines: Iterable[NodeMachine]) -> None:
        self._shared = [each for each in machines if isinstance(each, SharedMachine)]
        self._calls: dict[tuple[Address, str, str], list[Future[Final]]] = {}
        self._since_s: dict[tuple[Address, str, str], float] = {}
        self._look_at_s = 0.0
        self._unanswered: set[Address] = set()  # nodes whose database did not say, at the last look

    def __len__(self) -> int:
        """Return how many requests are waited for."""
        return len(self._calls)

    def by_node(self) -> Mapping[Address, int]:
        """Return how many requests are waited for at each node. Any thread may ask."""
        return Counter(address for address, _, _ in list(self._calls))

    def add(self, address: Address, waiting: Waiting, future: Future[Final]) -> None:
        """Keep a call until its request is completed."""
        key = (address, waiting.scope, waiting.request_id)
        still = [known for known in self._calls.get(key, ()) if not known.done()]
        self._calls[key] = [*still, future]
        self._since_s.setdefault(key, time.monotonic())

    def complete(self, address: Address, finals: Mapping[tuple[str, str], Final]) -> None:
        """Answer whoever waits for these requests."""
        for (scope, request_id), final in finals.items():
            self._since_s.pop((address, scope, request_id), None)
            for future in self._calls.pop((address, scope, request_id), ()):
                resolve(future, final)

    def looks_within_s(self) -> float | None:
        """Return how often ``look`` is to be called, ``None`` while nobody waits for others."""
        return LOOK_S if self._shared and self._calls else None

    def look(self) -> None:
        """Answer who waits here for what another process of the same node learnt."""
        now_s = time.monotonic()
        if self.looks_within_s() is None or now_s < self._look_at_s:
            return
        self._look_at_s = now_s + LOOK_S
        gone = [key for key, calls in self._calls.items() if all(call.done() for call in calls)]
        for key in gone:
            del self._calls[key], self._since_s[key]
        due = [key for key, since_s in self._since_s.items() if now_s - since_s >= LOOK_S]
        for machine in self._shared:
            keys = [key[1:] for key in due if key[0] == machine.address]
            try:
                answers = machine.answers_of(keys) if keys else {}
            except YidiError as error:  # the next look asks again
                if machine.address not in self._unanswered:
                    logger.warning("%s: answers cannot be looked up: %s", machine.address, error)
                self._unanswered.add(machine.address)
                continue
            self._unanswered.discard(machine.address)
            self.complete(machine.address, answers)

    def release(self, final: Final) -> None:
        """Tell everybody the same, and forget them."""
        for futures in self._calls.values():
            for future in futures:
                resolve(future, final)
        self._calls.clear()
        self._since_s.clear()


def resolve(future: Future[Final], final: Final) -> None:
    """Give a future its result, unless nobody waits for it any more."""
    if future.set_running_or_notify_cancel():
        future.set_result(final)
