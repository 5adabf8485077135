"""A log that misbehaves as real ones do, by a seed: what at-least-once has to survive.

Readers must recognise repeats and writers must append again; whoever does both comes to the
same end through this log as through the one inside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from random import Random
from threading import Lock

from clearing.errors import Unavailable
from clearing.ports import Log, LogRecord, NewRecord, Reader, TopicPartition

_MAX_FAILURES_IN_A_ROW = 2


class _Fate(Enum):
    REPEATED = "repeated"
    UNCONFIRMED = "unconfirmed"
    LOST = "lost"


class FaultyLog:
    """The log port around another log; only ``append`` misbehaves.

    Of all appends, drawn from ``seed`` in the order they arrive, about one in

    * ``repeat_every`` is written twice,
    * ``unconfirmed_every`` is written and then raises ``Unavailable`` (a lost acknowledgement),
    * ``lose_every`` raises ``Unavailable`` before anything is written;

    0 means never. After two failures in a row the next append succeeds, so a caller that
    appends again comes through. Closing closes the log inside.
    """

    def __init__(
        self,
        inner: Log,
        seed: int,
        *,
        repeat_every: int = 0,
        unconfirmed_every: int = 0,
        lose_every: int = 0,
    ) -> None:
        self._inner = inner
        self._chances = (
            (_Fate.REPEATED, repeat_every),
            (_Fate.UNCONFIRMED, unconfirmed_every),
            (_Fate.LOST, lose_every),
        )
        if any(every < 0 for _, every in self._chances):
            raise ValueError("one in a negative number is no chance")
        self._random = Random(seed)
        self._drawing = Lock()
        self._failures_in_a_row = 0
        self._counts = dict.fromkeys(_Fate, 0)

    def counts(self) -> Mapping[str, int]:
        """Return how many appends were repeated, unconfirmed and lost so far."""
        return {fate.value: count for fate, count in self._counts.items()}

    def append(self, records: Sequence[NewRecord]) -> None:
        """Append, or misbehave. Raises ``Unavailable`` (``log_fault``)."""
        fate = self._draw()
        if fate is _Fate.LOST:
            raise _fault("before anything was written", "写入之前")
        self._inner.append(records)
        if fate is _Fate.REPEATED:
            self._inner.append(records)
        if fate is _Fate.UNCONFIRMED:
            raise _fault("after everything was written", "写入之后")

    def _draw(self) -> _Fate | None:
        with self._drawing:
            fate = next(
                (
                    fate
                    for fate, every in self._chances
                    if every and self._random.randrange(every) == 0
                ),
                None,
            )
            fails = fate in (_Fate.UNCONFIRMED, _Fate.LOST)
            if fails and self._failures_in_a_row == _MAX_FAILURES_IN_A_ROW:
                fate, fails = None, False
            self._failures_in_a_row = self._failures_in_a_row + 1 if fails else 0
            if fate is not None:
                self._counts[fate] += 1
            return fate

    def ensure_topic(self, topic: str, partitions: int) -> None:
        """See ``Log``."""
        self._inner.ensure_topic(topic, partitions)

    def partitions(self, topic: str) -> Sequence[TopicPartition]:
        """See ``Log``."""
        return self._inner.partitions(topic)

    def poll(self, positions: Mapping[TopicPartition, int], limit: int) -> Sequence[LogRecord]:
        """See ``Log``."""
        return self._inner.poll(positions, limit)

    def high_marks(self, topic: str) -> Mapping[TopicPartition, int]:
        """See ``Log``."""
        return self._inner.high_marks(topic)

    def join(self, group: str, name: str, topics: Sequence[str]) -> Reader:
        """See ``Log``."""
        return self._inner.join(group, name, topics)

    def wait(self, seen: int, timeout_s: float) -> int:
        """See ``Log``."""
        return self._inner.wait(seen, timeout_s)

    def commit_offsets(self, group: str, offsets: Iterable[tuple[TopicPartition, int]]) -> None:
        """See ``Log``."""
        self._inner.commit_offsets(group, offsets)

    def committed_offset(self, group: str, position: TopicPartition) -> int:
        """See ``Log``."""
        return self._inner.committed_offset(group, position)

    def close(self) -> None:
        """Close the log inside."""
        self._inner.close()


def _fault(when_en: str, when_zh: str) -> Unavailable:
    return Unavailable(
        "log_fault",
        f"A fault was put in {when_en}; append again.",
        f"按测试设定在{when_zh}注入故障，请重新写入。",
    )
