"""A process as one of its group's readers: what it holds, and where it reads on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from adapters.embedded.groups import GroupReader
from adapters.embedded.memory import MemoryLog
from clearing.messages import Address
from clearing.ports import TopicPartition
from services.node import topics
from services.node.command import Command, Delivery
from services.simulator.wire import delivery_of

Offsets = Callable[[], Mapping[TopicPartition, int]]
"""Asks the node's own database where it stands; raises ``Unavailable``."""


class Reading:
    """Reads the partitions that the group gives to this process, each by itself."""

    def __init__(self, address: Address, name: str, log: MemoryLog, offsets: Offsets) -> None:
        self._address = address
        self._name = name
        self._log = log
        self._offsets = offsets
        self._reader = self._joined()
        self.outside = False
        """Whether the log has missed this process, and gives it nothing."""

    def _joined(self) -> GroupReader:
        topics_read = topics.read_by(self._address)
        return self._log.join(str(self._address), self._name, topics_read)

    def join(self) -> None:
        """Become a reader of the group again, after the log has missed this one."""
        self._reader, self.outside = self._joined(), False

    def leave(self) -> None:
        """Be missed by the log: others are given what was held, whatever was read of it."""
        self._reader.close()
        self.outside = True

    def places(self) -> Iterator[tuple[TopicPartition, int | None]]:
        """Yield the partitions held with where each is read next, ``None`` where that is asked."""
        yield from self._reader.standing.items()
        for place in sorted(self._reader.unplaced_places, key=_order):
            yield place, None

    def read(self, place: TopicPartition, most: int) -> Sequence[Delivery]:
        """Read up to ``most`` records, from where the database stands when it is given anew.

        Raises ``Unavailable``.
        """
        if place in self._reader.unplaced_places:
            self._reader.place({place: self.first(place)})
        start = self._reader.standing.get(place)
        if start is None:
            return ()
        records = self._log.poll({place: start}, most)
        if records:
            self._reader.place({place: records[-1].offset + 1})
        return [delivery_of(record) for record in records]

    def first(self, place: TopicPartition) -> int:
        """Return where to read on: the database's own offset, whatever the log remembers."""
        return self._offsets().get(place, 0)

    def note(self, commands: Iterable[Command]) -> None:
        """Tell the log how far the node is: a hint, the database's own wins."""
        offsets: dict[TopicPartition, int] = {}
        for command in commands:
            if isinstance(command, Delivery):
                record = command.record
                offsets[TopicPartition(record.topic, record.partition)] = record.offset + 1
        if offsets:
            self._log.commit_offsets(str(self._address), offsets.items())


def _order(place: TopicPartition) -> tuple[str, int]:
    return place.topic, place.partition
