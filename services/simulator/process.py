"""One node's process, without its threads: what it holds in memory and does between commits.

The order is that of ``services.node.worker``: work a batch out, commit it, tell the answers,
note the offsets, publish the outbox, mark what is published. A kill may come between any two
of these, and takes with it whatever isn't on the disk; other processes of the same node may do
whatever they do between any two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum

from adapters.db.memory import MemoryDisk, MemoryStore
from adapters.embedded.memory import MemoryLog
from adapters.wire.envelopes import encode_envelope
from clearing.errors import Conflict, InvariantBroken, Rejected, Unavailable, YidiError
from clearing.ports import Clock, Ids, NewRecord, TopicPartition
from services.node import topics
from services.node.batch import AnswerCodec
from services.node.catching_up import ends_of
from services.node.command import (
    Command,
    Consumed,
    Delivery,
    Failed,
    HeldBack,
    Request,
    Result,
    Waiting,
)
from services.node.machine import BatchResult, NodeMachine, OpenBatch, records_of
from services.node.poison import Bisection, Part, passes
from services.node.records import Outgoing
from services.node.shared_machine import SharedMachine
from services.simulator.history import Moment
from services.simulator.host import NotedIds
from services.simulator.layout import Seat
from services.simulator.plans import NodePlan
from services.simulator.reading import Reading

Told = Callable[[Result], None]
"""How whoever sent a request hears of it: first perhaps that it waits, then its answer."""

Written = Callable[[Moment, Sequence[Command]], None]
"""Told of every batch that was written, known to its process or not: when it was worked out."""

MAX_BATCH = 100


class Cut(StrEnum):
    """After which step of its work a process is killed."""

    OPENED = "opened"  # worked out, not committed
    COMMITTED = "committed"  # nobody was told
    TOLD = "told"  # the log was not told of the offsets
    APPENDED = "appended"  # the outbox is in the log, and not marked


class Killed(Exception):
    """The process was killed in the middle of something."""


_Item = tuple[Command, Told | None]


class Process:
    """A node as it runs. Starting raises ``Unavailable`` where its database cannot be reached."""

    def __init__(
        self,
        seat: Seat,
        plan: NodePlan,
        disk: MemoryDisk,
        log: MemoryLog,
        clock: Clock,
        ids: Ids,
        answers: AnswerCodec,
        moment: Callable[[], Moment],
        written: Written,
        *,
        shared: bool = False,
    ) -> None:
        """``shared`` where other processes may host the node at the same time."""
        self._log = log
        self._disk = disk
        self._moment = moment
        self._written = written
        self.seat = seat
        self.address = plan.address
        kind = SharedMachine if shared else NodeMachine
        self._ids = NotedIds(ids)
        self.machine = kind(
            plan.address,
            plan.role,
            MemoryStore(disk),
            clock,
            self._ids,
            answers,
            encode_envelope,
            replaying=True,
            limits=plan.limits,
        )
        self.machine.catch_up(ends_of(log, topics.read_by(self.address)))
        self.queue: list[_Item] = []
        self.under_way: tuple[list[_Item], OpenBatch, Moment | None] | None = None
        self.unpublished: list[Outgoing] = list(self.machine.unpublished)
        self._published: list[Outgoing] = []
        self._waiting: dict[tuple[str, str], list[Told]] = {}
        self.reading = Reading(seat.at, str(seat.slot), log, self.machine.offsets)

    @property
    def looks(self) -> bool:
        """Tell whether something here waits for what other processes do."""
        if self.under_way is not None or not isinstance(self.machine, SharedMachine):
            return False
        return bool(self._waiting) or self.machine.keeps_back

    def call(self, request: Request, told: Told) -> None:
        """Take a request; it is worked out with the next batch."""
        self.queue.append((request, told))

    def read(self, place: TopicPartition, most: int) -> int:
        """Take up to ``most`` records of a partition; return how many there were."""
        if not self.machine.consuming:
            return 0
        try:
            deliveries = self.reading.read(place, most)
        except Unavailable:
            return 0
        self.queue.extend((delivery, None) for delivery in deliveries)
        return len(deliveries)

    def run(self, commands: Sequence[Command]) -> BatchResult:
        """Run commands as one batch, past the queue. Raises what the machine raises."""
        result = self._run(commands)
        self._absorb(result)
        return result

    def _run(self, commands: Sequence[Command]) -> BatchResult:
        opened, moment = self._work_out(commands)
        return self._commit(opened, commands, moment)

    def _work_out(self, commands: Sequence[Command]) -> tuple[OpenBatch, Moment]:
        moment = self._moment()
        self._ids.take_noted()
        opened = self.machine.open(commands)
        return opened, replace(moment, minted=self._ids.take_noted())

    def work(self, cut: Cut | None = None) -> BatchResult | None:
        """Run what is queued as one batch; ``None`` where that failed and had no effect.

        Raises ``Killed`` where it is cut, and ``InvariantBroken``.
        """
        if self.under_way is None and not self.open():
            return None
        if cut is Cut.OPENED:
            raise Killed
        return self.end(cut)

    def open(self) -> bool:
        """Work out what is queued; tell whether there is a batch to be committed now."""
        self._mark_published()
        items, self.queue = self.queue[:MAX_BATCH], self.queue[MAX_BATCH:]
        try:
            opened, moment = self._work_out([command for command, _ in items])
        except InvariantBroken:
            raise
        except YidiError as error:
            self._failed(items, error)
            return False
        self.under_way = items, opened, moment
        return True

    def end(self, cut: Cut | None = None) -> BatchResult | None:
        """Commit the batch that is worked out. Raises what ``work`` raises."""
        assert self.under_way is not None
        (items, opened, moment), self.under_way = self.under_way, None
        try:
            result = self._commit(opened, [command for command, _ in items], moment)
        except InvariantBroken:
            raise
        except YidiError as error:
            self._failed(items, error)
            return None
        if cut is Cut.COMMITTED:
            raise Killed
        self.queue[:0] = self._committed(items, result, cut)
        return result

    def _commit(
        self, opened: OpenBatch, commands: Sequence[Command], moment: Moment | None
    ) -> BatchResult:
        before = self._disk.version
        try:
            return opened.commit()
        finally:
            if moment is not None and self._disk.version != before:
                self._written(moment, commands)

    def _committed(
        self, items: Sequence[_Item], result: BatchResult, cut: Cut | None = None
    ) -> list[_Item]:
        """Tell whoever waits, keep what is to be published, tell the log of the offsets.

        Returns what is held back, which must come again before anything behind it.
        """
        consumed: list[Command] = []
        held_back: list[_Item] = []
        for item, outcome in zip(items, result.results, strict=True):
            if isinstance(outcome, HeldBack):
                held_back.append(item)
            else:
                consumed.append(item[0])
                self._tell(item[1], outcome)
        self._absorb(result)
        if cut is Cut.TOLD:
            raise Killed
        self.reading.note(consumed)
        return held_back

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
        self.unpublished.extend(self.machine.in_turn(result))

    def _failed(self, items: Sequence[_Item], error: YidiError) -> None:
        """Requests are to come again; deliveries are tried again, in order, before new ones.

        Requests of a batch that lost against another process's are tried again like deliveries;
        one that would fail each time is run in parts, to find whose fault that is.
        """
        if not passes(error):
            self._run_apart(items, error)
            return
        lost = isinstance(error, Conflict)
        for _, told in items:
            if told is not None and not lost:
                told(Failed(error))
        self.queue[:0] = [item for item in items if lost or item[1] is None]

    def _run_apart(self, items: Sequence[_Item], error: YidiError) -> None:
        bisection = Bisection(items)
        held_back: list[_Item] = []
        for part in bisection:
            try:
                held_back += self._run_part(part, error)
                if held_back:
                    held_back += bisection.take_out(lambda item: item[1] is None)
            except InvariantBroken:
                raise
            except YidiError as failure:
                error = failure
                if passes(failure) or part.failed_alone:
                    self._failed([*held_back, *part.items, *bisection.left()], failure)
                    return
                bisection.cut(part)
        self.queue[:0] = held_back

    def _run_part(self, part: Part[_Item], error: YidiError) -> list[_Item]:
        commands = [command for command, _ in part.items]
        if not part.failed_alone:
            return self._committed(part.items, self._run(commands))
        ((command, told),) = part.items
        if isinstance(command, Delivery):
            result = self.machine.park(command, error, part.failures)
            self._written(self._moment(), commands)
            return self._committed(part.items, result)
        if told is not None:
            told(Failed(YidiError("internal", "", "")))
        return []

    def look(self) -> bool:
        """Look for what other processes have learnt or published; tell whether it found any."""
        if self.under_way is not None or not isinstance(self.machine, SharedMachine):
            return False
        before = len(self._waiting) - len(self.unpublished)
        try:
            if self._waiting:
                answers = self.machine.answers_of(list(self._waiting))
                self._absorb(BatchResult(completed=dict(answers)))
            if self.machine.keeps_back:
                self.unpublished.extend(self.machine.released())
        except Unavailable:
            return False
        return len(self._waiting) - len(self.unpublished) < before

    def publish(self, cut: Cut | None = None) -> bool:
        """Append the outbox to the log; tell whether the log took it.

        That goes on beside the batch that is worked out; the rows are marked with the next one.
        """
        rows = list(self.unpublished)
        try:
            self._append(records_of(rows))
        except Unavailable:
            return False
        if cut is Cut.APPENDED:
            raise Killed
        self._published += rows
        self.unpublished.clear()
        return True

    def _mark_published(self) -> None:
        self.machine.mark_published([row.sequence for row in self._published])
        self._published.clear()

    def _append(self, records: Sequence[NewRecord]) -> None:
        """Append, after making the topics of regions that nobody runs a node of yet."""
        try:
            self._log.append(records)
        except Rejected:
            several = len(self._log.partitions(topics.inbound(self.address)))
            for topic in sorted({record.topic for record in records}):
                topics.make_where_missing(self._log, topic, several)
            self._log.append(records)

    def open_tick(self) -> None:
        """Look at the clock, and leave what comes of that uncommitted: others go on meanwhile."""
        if self.under_way is not None:
            return
        self._mark_published()
        try:
            self.under_way = [], self.machine.open_tick(), None
        except (Unavailable, Conflict):
            return

    def tick(self) -> None:
        """Look at the clock, and for what others left; a tick that fails had no effect."""
        if self.under_way is not None:
            return
        self._mark_published()
        try:
            self._absorb(self.machine.tick())
            if isinstance(self.machine, SharedMachine) and not self.unpublished:
                self.unpublished.extend(self.machine.leftovers())
            self.machine.flush_published()
        except (Unavailable, Conflict):
            return
