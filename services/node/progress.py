"""How far the nodes of a process have read, as the log is told."""

from __future__ import annotations

from collections.abc import Iterable

from clearing.messages import Address
from clearing.ports import Log, TopicPartition
from services.node.command import Command, Delivery
from services.node.reading_group import group_of


class Progress:
    """Collects offsets of committed records, and tells them under the process's group.

    They are a hint for who watches: the databases' own offsets win.
    """

    def __init__(self, log: Log, nodes: Iterable[Address]) -> None:
        self._log = log
        self._group = group_of(nodes)
        self._noted: dict[TopicPartition, int] = {}

    def note(self, commands: Iterable[Command]) -> None:
        """Note what a node consumed; of several that read a topic the one behind counts."""
        offsets: dict[TopicPartition, int] = {}
        for command in commands:
            if isinstance(command, Delivery):
                record = command.record
                offsets[TopicPartition(record.topic, record.partition)] = record.offset + 1
        for place, offset in offsets.items():
            self._noted[place] = min(offset, self._noted.get(place, offset))

    def tell(self) -> None:
        """Tell the log what was noted since the last time."""
        noted, self._noted = self._noted, {}
        if noted:
            self._log.commit_offsets(self._group, noted.items())
