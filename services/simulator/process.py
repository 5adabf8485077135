"""One node's process, without its threads: what it holds in memory and does between commits.

The order is that of ``services.node.worker``: work a batch out, commit it, tell the answers,
note the offsets, publish the outbox, mark what is published. A kill may come between any two
of these, and takes with it whatever isn't on the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from adapters.db.memory import MemoryDisk, MemoryStore
from adapters.wire.envelopes import decode_envelope, encode_envelope
from clearing.errors import InvariantBroken, Rejected, Unavailable, YidiError
from clearing.ports import Clock, Ids, Log, LogRecord, NewRecord, TopicPartition
from services.node import topics
from services.node.batch import AnswerCodec
from services.node.command import Command, Consumed, Delivery, Failed, Request, Result, Waiting
from services.node.machine import BatchResult, NodeMachine, OpenBatch, records_of
from services.node.records import Outgoing
from services.simulator.history import Event
from services.simulator.plans import NodePlan

Told = Callable[[Result], None]
"""How whoever sent a request hears of it: first perhaps that it waits, then its answer."""

MAX_BATCH = 100


class Cut(StrEnum):
    """After which step of its work a process is killed."""

    OPENED = "opened"  # worked out, not committed
    COMMITTED = "committed"  # nobody was told
    TOLD = "told"  # the log was not told of the offsets
    APPENDED = "appended"  # the outbox is in the log, and not marked


class Killed(Exception):
    """The process was killed in the middle of something."""


class Process:
    """A node as it runs. Starting raises ``Unavailable`` where its database cannot be reached."""

    def __init__(
        self,
        plan: NodePlan,
        disk: MemoryDisk,
        log: Log,
        clock: Clock,
        ids: Ids,
        answers: AnswerCodec,
        history: list[Event],
    ) -> None:
        """``history`` gets every batch that was written, told or not."""
        self._log = log
        self._disk = disk
        self._clock = clock
        self._history = history
        self.address = plan.address
        self.machine = NodeMachine(
            plan.address,
            plan.role,
            MemoryStore(disk),
            clock,
            ids,
            answers,
            encode_envelope,
            replaying=True,
        )
        self.queue: list[tuple[Command, Told | None]] = []
        self.unpublished: list[Outgoing] = list(self.machine.unpublished)
        self._waiting: dict[tuple[str, str], list[Told]] = {}
        self.positions = self._first_positions()

    def _first_positions(self) -> dict[TopicPartition, int]:
        """Return where to read on: the database's own offsets, whatever the log remembers."""
        known = self.machine.offsets()
        return {
            place: known.get(place, 0)
            for topic in topics.read_by(self.address)
            for place in self._log.partitions(topic)
        }

    def call(self, request: Request, told: Told) -> None:
        """Take a request; it is worked out with the next batch."""
        self.queue.append((request, told))

    def read(self, place: TopicPartition, most: int) -> int:
        """Take up to ``most`` records of a partition; return how many there were."""
        try:
            records = self._log.poll({place: self.positions[place]}, most)
        except Unavailable:
            return 0
        for record in records:
            self.queue.append((_delivery(record), None))
            self.positions[place] = record.offset + 1
        return len(records)

    def run(self, commands: Sequence[Command]) -> BatchResult:
        """Run commands as one batch, past the queue. Raises what the machine raises."""
        result = self._commit(self.machine.open(commands), commands)
        self._absorb(result)
        return result

    def work(self, cut: Cut | None = None) -> BatchResult | None:
        """Run what is queued as one batch; ``None`` where that failed and had no effect.

        Raises ``Killed`` where it is cut, and ``InvariantBroken``.
        """
        items, self.queue = self.queue[:MAX_BATCH], self.queue[MAX_BATCH:]
        try:
            opened = self.machine.open([command for command, _ in items])
            if cut is Cut.OPENED:
                raise Killed
            result = self._commit(opened, [command for command, _ in items])
        except InvariantBroken:
            raise
        except YidiError as error:
            self._failed(items, error)
            return None
        if cut is Cut.COMMITTED:
            raise Killed
        for (_, told), outcome in zip(items, result.results, strict=True):
            self._tell(told, outcome)
        self._absorb(result)
        if cut is Cut.TOLD:
            raise Killed
        self._note_offsets([command for command, _ in items])
        return result

    def _commit(self, opened: OpenBatch, commands: Sequence[Command]) -> BatchResult:
        before = self._disk.version
        try:
            return opened.commit()
        finally:
            if self._disk.version != before:
                self._history.append(Event(self._clock.now(), commands))

    def _tell(self, told: Told | None, outcome: Result) -> None:
        if told is None or isinstance(outcome, Consumed):
            return
        if isinstance(outcome, Waiting):
            self._waiting.setdefault((outcome.scope, outcome.request_id), []).append(told)
        told(outcome)

    def _absorb(self, result: BatchResult) -> None:
        for key, final in result.completed.items():
            for told in self._waiting.pop(key, ()):
                told(final)
        self.unpublished.extend(result.outgoing)

    def _failed(self, items: list[tuple[Command, Told | None]], error: YidiError) -> None:
        """Requests are to come again; deliveries are tried again, in order, before new ones."""
        for _, told in items:
            if told is not None:
                told(Failed(error))
        self.queue = [item for item in items if item[1] is None] + self.queue

    def _note_offsets(self, commands: list[Command]) -> None:
        """Tell the log how far the node is: a hint, the database's own wins."""
        offsets: dict[TopicPartition, int] = {}
        for command in commands:
            if isinstance(command, Delivery):
                record = command.record
                offsets[TopicPartition(record.topic, record.partition)] = record.offset + 1
        if offsets:
            self._log.commit_offsets(str(self.address), offsets.items())

    def publish(self, cut: Cut | None = None) -> bool:
        """Append the outbox to the log and mark it; tell whether the log took it."""
        rows = list(self.unpublished)
        try:
            self._append(records_of(rows))
        except Unavailable:
            return False
        if cut is Cut.APPENDED:
            raise Killed
        self.machine.mark_published([row.sequence for row in rows])
        self.unpublished.clear()
        return True

    def _append(self, records: Sequence[NewRecord]) -> None:
        """Append, after making the topics of regions that nobody runs a node of yet."""
        try:
            self._log.append(records)
        except Rejected:
            several = len(self._log.partitions(topics.inbound(self.address)))
            for topic in sorted({record.topic for record in records}):
                try:
                    self._log.partitions(topic)
                except Rejected:
                    self._log.ensure_topic(topic, topics.partitions(topic, several))
            self._log.append(records)

    def tick(self) -> None:
        """Look at the clock; a tick that fails had no effect."""
        try:
            self._absorb(self.machine.tick())
        except Unavailable:
            return

    def flush(self) -> None:
        """Remove what is published from the outbox, when no commit is in sight."""
        try:
            self.machine.flush_published()
        except Unavailable:
            return


def _delivery(record: LogRecord) -> Delivery:
    try:
        return Delivery(record, decode_envelope(record.value))
    except YidiError as error:
        return Delivery(record, None, error)
