"""A node that has more to read than it has read may have forgotten what it told others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from clearing.errors import Unavailable
from clearing.messages import Address
from clearing.ports import Log, TopicPartition, UnitOfWork
from services.node.records import ConsumedOffset


class CatchingUp:
    """Where a node's database has to be before anything is asked of its people.

    A database that was put back to a backup is read on to where the log ended when the process
    started; whatever it was before, it had read no further than that.
    """

    def __init__(self) -> None:
        self._ends: dict[TopicPartition, int] = {}

    def until(self, ends: Mapping[TopicPartition, int]) -> None:
        """Set how far: for each partition the offset after the last record that is to be read."""
        self._ends = dict(ends)

    def goes_on(self, unit: UnitOfWork) -> bool:
        """Tell whether any is still to be read; once all are, nothing is looked up any more."""
        if self._ends:
            offsets = unit.table(ConsumedOffset)
            rows = offsets.get_many((place.topic, place.partition) for place in self._ends)
            for row in rows.values():
                place = TopicPartition(row.topic, row.partition)
                if row.next_offset >= self._ends[place]:
                    del self._ends[place]
        return bool(self._ends)

    def require_over(self, address: Address, unit: UnitOfWork) -> None:
        """Raise ``Unavailable`` (``catching_up``) while it goes on."""
        if self.goes_on(unit):
            raise Unavailable(
                "catching_up",
                f"{address} is still reading what came while it was away; ask again",
                f"{address} 正在补读日志消息, 请稍后重试",
            )


def ends_of(log: Log, topics: Iterable[str]) -> dict[TopicPartition, int]:
    """Return where partitions of these topics end that hold anything. Raises what ``log`` does."""
    marks = (log.high_marks(topic).items() for topic in topics)
    return {place: end for of_topic in marks for place, end in of_topic if end}
