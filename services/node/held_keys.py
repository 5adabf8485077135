"""Which keys are held by parked messages, as one batch sees it."""

from __future__ import annotations

from collections.abc import Callable

from clearing.ports import UnitOfWork
from services.node.records import HeldKey
from services.node.scanning import PAGE, every


class HeldKeys:
    """The held keys of a transaction, read once: a node that never parked anything has none.

    ``failed`` notes for each message of the batch that was tried whether it failed.
    """

    def __init__(self, unit: UnitOfWork, are_too_many: Callable[[int, int], bool]) -> None:
        """``are_too_many`` tells it of a count of unresolved messages and of new failures."""
        self._table = unit.table(HeldKey)
        self._are_too_many = are_too_many
        rows = held_rows(unit)
        self._held = {(row.topic, row.key) for row in rows}
        self.unresolved = sum(row.unresolved for row in rows)
        self.failed: list[bool] = []
        self._failures = 0
        self.stopped = are_too_many(self.unresolved, 0)

    def holds(self, topic: str, key: str) -> bool:
        """Tell whether an earlier message of this key is parked."""
        # One that was held when the batch began may have been released by a request in it.
        if (topic, key) not in self._held:
            return False
        row = self._table.get(topic, key)
        return row is not None and row.unresolved > 0

    def passed(self) -> None:
        """Note a message that was carried out."""
        self.failed.append(False)

    def park(self, topic: str, key: str, *, failed: bool) -> None:
        """Count one more message that waits for a person, by itself or behind another."""
        row = self._table.get(topic, key)
        self._table.put(HeldKey(topic, key, (row.unresolved if row else 0) + 1))
        self._held.add((topic, key))
        self.unresolved += 1
        if failed:
            self.failed.append(True)
            self._failures += 1
        self.stopped = self._are_too_many(self.unresolved, self._failures)


def held_rows(unit: UnitOfWork) -> list[HeldKey]:
    """Return the keys that are held now."""
    return [row for row in every(unit, HeldKey, ("topic", "key")) if row.unresolved]


def want_held_keys(unit: UnitOfWork) -> None:
    """Have read what ``HeldKeys`` reads."""
    unit.table(HeldKey).want_page(None, PAGE)


def resolve(unit: UnitOfWork, topic: str, key: str, resolved: int) -> None:
    """Count some parked messages less; a key without any is held no more."""
    row = unit.table(HeldKey).get(topic, key)
    recount(unit, topic, key, (row.unresolved if row else 0) - resolved)


def recount(unit: UnitOfWork, topic: str, key: str, unresolved: int) -> None:
    """Write how many messages of a key are parked.

    The row stays when there are none: of a row that is deleted PostgreSQL would not refuse the
    count of another process, begun before, that parks a message behind what is resolved here.
    """
    unit.table(HeldKey).put(HeldKey(topic, key, max(unresolved, 0)))
