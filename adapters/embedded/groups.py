"""Groups of readers inside one process: who holds which partitions, and where each one stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from threading import Lock

from clearing.errors import Rejected
from clearing.ports import LogRecord, TopicPartition

Poll = Callable[[Mapping[TopicPartition, int], int], Sequence[LogRecord]]
MarkOf = Callable[[TopicPartition], int]
"""Gives the offset that a partition's next record will get."""


class Groups:
    """Every group of one log, by name."""

    def __init__(self, poll: Poll, mark_of: MarkOf, changed: Callable[[], None]) -> None:
        """``changed`` is called when somebody was given partitions, so that readers look."""
        self._poll = poll
        self.mark_of = mark_of
        self._changed = changed
        self._lock = Lock()
        self._readers: dict[str, dict[str, GroupReader]] = {}

    def join(self, group: str, name: str, places: Sequence[TopicPartition]) -> GroupReader:
        """Add a reader, or put it in the place of the one that has its name."""
        with self._lock:
            readers = self._readers.setdefault(group, {})
            before = readers.get(name)
            if before is not None:
                before.replaced = True
            reader = GroupReader(self, group, name, sorted(places, key=_order))
            readers[name] = reader
            self._share_out(readers)
        self._changed()
        return reader

    def leave(self, reader: GroupReader) -> None:
        """Share out among the others what a reader held."""
        with self._lock:
            readers = self._readers[reader.group]
            if readers.get(reader.name) is not reader:
                return
            del readers[reader.name]
            reader.give(())
            self._share_out(readers)
        self._changed()

    def _share_out(self, readers: Mapping[str, GroupReader]) -> None:
        """Deal the partitions out in turn, by order of names; who keeps one keeps its place."""
        names = sorted(readers)
        for turn, name in enumerate(names):
            readers[name].give(readers[name].places[turn :: len(names)])

    def place(self, reader: GroupReader, offsets: Mapping[TopicPartition, int]) -> None:
        """Note next offsets of partitions that the reader still holds."""
        with self._lock:
            held = {place: offset for place, offset in offsets.items() if reader.holds(place)}
            reader.standing = {**reader.standing, **held}
            reader.unplaced_places -= held.keys()

    def read(
        self, reader: GroupReader, limit: int, without: AbstractSet[str]
    ) -> Sequence[LogRecord]:
        """Read on where a reader stands; what was taken from it meanwhile is left out."""
        standing = reader.standing
        if without:
            standing = {at: next_ for at, next_ in standing.items() if at.topic not in without}
        records = self._poll(standing, limit)
        if not records:
            return records
        with self._lock:
            kept = [
                record
                for record in records
                if TopicPartition(record.topic, record.partition) in reader.standing
            ]
            after = {TopicPartition(each.topic, each.partition): each.offset + 1 for each in kept}
            reader.standing = {**reader.standing, **after}
        return kept


class GroupReader:
    """The reader port over the partitions that the group gives to this one.

    What it holds is replaced as a whole and never changed in place, so that looking at it
    needs no lock.
    """

    def __init__(
        self, groups: Groups, group: str, name: str, places: Sequence[TopicPartition]
    ) -> None:
        self._groups = groups
        self.group = group
        self.name = name
        self.places = places
        self.standing: Mapping[TopicPartition, int] = {}
        self.unplaced_places: frozenset[TopicPartition] = frozenset()
        self.replaced = False

    def give(self, places: Sequence[TopicPartition]) -> None:
        """Hold these partitions and no others."""
        self.standing = {at: next_ for at, next_ in self.standing.items() if at in places}
        self.unplaced_places = frozenset(places) - self.standing.keys()

    def holds(self, place: TopicPartition) -> bool:
        """Tell whether a partition is held."""
        return place in self.standing or place in self.unplaced_places

    def unplaced(self) -> frozenset[TopicPartition]:
        """See ``Reader``."""
        self._require_own()
        return self.unplaced_places

    def held(self) -> frozenset[TopicPartition]:
        """See ``Reader``."""
        return frozenset() if self.replaced else self.unplaced_places | self.standing.keys()

    def place(self, offsets: Mapping[TopicPartition, int]) -> None:
        """See ``Reader``."""
        self._groups.place(self, offsets)

    def read(self, limit: int, without: AbstractSet[str] = frozenset()) -> Sequence[LogRecord]:
        """See ``Reader``."""
        self._require_own()
        return self._groups.read(self, limit, without)

    def lag(self) -> Mapping[TopicPartition, int]:
        """See ``Reader``."""
        mark_of = self._groups.mark_of
        return {place: mark_of(place) - next_ for place, next_ in self.standing.items()}

    def close(self) -> None:
        """See ``Reader``."""
        self._groups.leave(self)

    def _require_own(self) -> None:
        if self.replaced:
            raise Rejected(
                "reader_replaced",
                f"Another reader joined {self.group} as {self.name}.",
                f"另一读取者已以 {self.name} 之名加入 {self.group}。",
            )


def _order(place: TopicPartition) -> tuple[str, int]:
    return place.topic, place.partition
