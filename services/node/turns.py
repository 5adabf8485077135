"""Whose turn it is: messages of one key go out in the order of the transactions that wrote them.

Several processes write to one outbox, and each publishes its own rows. A transaction that saw
an unpublished row of another process, of the same topic and key, came after it: what it wrote
waits until that row is published. No two rows ever wait for each other, for of two
transactions one at most saw the other's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from services.node.records import Outgoing

TopicKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Behind:
    """A row and the sequences of those before it."""

    row: Outgoing
    awaited: frozenset[int]


class Turns:
    """The rows of one process that wait for those of others."""

    def __init__(self) -> None:
        self._waiting: dict[TopicKey, deque[_Behind]] = {}

    def __len__(self) -> int:
        """Return how many keys have rows that wait."""
        return len(self._waiting)

    def holds(self, topic: str, key: str) -> bool:
        """Tell whether rows of a key wait."""
        return (topic, key) in self._waiting

    def take(self, rows: Iterable[Outgoing], ahead: Sequence[Outgoing]) -> list[Outgoing]:
        """Keep the rows that have to wait and return the others.

        ``ahead`` are other processes' unpublished rows, as the transaction of ``rows`` saw them.
        """
        before: dict[TopicKey, set[int]] = {}
        for row in ahead:
            before.setdefault((row.topic, row.key), set()).add(row.sequence)
        free = []
        for row in rows:
            place = (row.topic, row.key)
            waiting = self._waiting.get(place)
            awaited = before.get(place)
            if waiting is None and awaited is None:
                free.append(row)
                continue
            if waiting is None:
                waiting = self._waiting[place] = deque()
            waiting.append(_Behind(row, frozenset(awaited or ())))
        return free

    def kept(self) -> list[Outgoing]:
        """Return the rows that wait."""
        return [each.row for rows in list(self._waiting.values()) for each in list(rows)]

    def awaited(self) -> set[int]:
        """Return the sequences of the rows that are waited for."""
        return {
            sequence
            for rows in self._waiting.values()
            for each in rows
            for sequence in each.awaited
        }

    def release(self, unpublished: Collection[int]) -> list[Outgoing]:
        """Return the rows whose turn has come; ``unpublished`` are those awaited that are left."""
        released = []
        for place, rows in list(self._waiting.items()):
            while rows and rows[0].awaited.isdisjoint(unpublished):
                released.append(rows.popleft().row)
            if not rows:
                del self._waiting[place]
        return released
