"""What leaves a node: nothing is lost, and each key's messages come in the order of their making.

One message was made before another where its transaction was committed before the other's
began. Of two that ran at the same time neither knew of the other, and either may come first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clearing.messages import Address
from clearing.ports import TopicPartition
from services.node.records import Outgoing
from services.simulator.oracles.watching import Change
from services.simulator.violation import Violation
from services.simulator.wire import id_of
from services.simulator.world import World

_Line = tuple[Address, str, str]
"""A writing node, a topic and a key: what is in order."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A message in an outbox: the database's version when its transaction began and ended."""

    message_id: str
    began_at: int
    ended_at: int

    def is_before(self, other: _Row) -> bool:
        """Tell whether this one has to come first, being earlier in the outbox."""
        return self.ended_at <= other.began_at or self.ended_at == other.ended_at


class OutboxWatch:
    """Watches outboxes, and the log for what comes of their rows."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[TopicPartition, int] = {}
        self._logged: dict[str, tuple[str, str, int]] = {}
        self._unreadable: set[str] = set()
        self._line_of: dict[str, _Line] = {}
        self._unlogged: dict[_Line, list[_Row]] = {}
        self.rules: Mapping[type, Change] = {Outgoing: self._outgoing}

    def forget(self, address: Address) -> None:
        """See ``Watcher``. What a restored outbox doesn't hold any more is not to come."""
        self.look()
        left = {id_of(row.value) for row in self._world.rows(address, Outgoing)}
        for line, waiting in self._unlogged.items():
            if line[0] == address:
                for row in waiting:
                    if row.message_id not in left:
                        del self._line_of[row.message_id]
                self._unlogged[line] = [row for row in waiting if row.message_id in left]

    def _outgoing(self, address: Address, before: Any, after: Any) -> None:
        if before is not None and after is not None:
            raise Violation("outbox_overwritten", f"{address}: row {before.sequence}")
        message_id = id_of((after or before).value)
        if after is not None:
            self._written(message_id, (address, after.topic, after.key))
        elif before is not None:
            self.look()
            if message_id not in self._logged:
                raise Violation("message_lost", f"{address}: row {before.sequence} unpublished")

    def _written(self, message_id: str, line: _Line) -> None:
        if message_id in self._logged or message_id in self._line_of:
            return
        disk = self._world.disks[line[0]]
        row = _Row(message_id, disk.writing_since, disk.version)
        self._unlogged.setdefault(line, []).append(row)
        self._line_of[message_id] = line

    def first_copy(self, message_id: str) -> tuple[str, str, int]:
        """Return topic, key and offset of a message where it came to the log first.

        Of copies that nobody can read only where there is no other.
        """
        if message_id not in self._logged or message_id in self._unreadable:
            self.look()
        return self._logged[message_id]

    def look(self) -> None:
        """Read what came to the log since the last time. Raises ``Violation``."""
        for place, records in self._world.broker.records.items():
            known = self._known.get(place, 0)
            if known == len(records):
                continue
            self._known[place] = len(records)
            for record in records[known:]:
                garbled = self._world.garbled.get((place, record.offset), "")
                message_id = garbled or id_of(record.value)
                if not message_id:
                    continue
                is_new = message_id not in self._logged
                if not is_new and message_id not in self._unreadable:
                    continue
                if is_new:
                    self._comes_in_turn(message_id)
                self._logged[message_id] = record.topic, record.key, record.offset
                if garbled:
                    self._unreadable.add(message_id)
                else:
                    self._unreadable.discard(message_id)

    def _comes_in_turn(self, message_id: str) -> None:
        line = self._line_of.pop(message_id, None)
        if line is None:  # nobody wrote it: it is poison
            return
        waiting = self._unlogged[line]
        place = next(n for n, row in enumerate(waiting) if row.message_id == message_id)
        row = waiting.pop(place)
        for other in waiting[:place]:
            if other.is_before(row):
                raise Violation(
                    "order_broken", f"{line}: {message_id} comes before {other.message_id}"
                )
