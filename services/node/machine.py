"""The machine: a batch of commands → one transaction → answers and messages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from clearing.errors import InvariantBroken, YidiError
from clearing.messages import Address, Envelope
from clearing.ports import Clock, Ids, Store, TopicPartition, UnitOfWork
from services.node.batch import AnswerCodec, Batch, BatchResult, Surroundings, records_of
from services.node.command import Command, Delivery
from services.node.consuming import consume, set_aside
from services.node.desk import with_desk
from services.node.inbox import Inbox
from services.node.limits import ParkingLimits, RecentFailures
from services.node.looking import look
from services.node.observer import UNOBSERVED, Looked, Observer
from services.node.poison import as_unwritable
from services.node.prefetch import prefetch
from services.node.records import ConsumedOffset, LetterState, Outgoing, ParkedRecord
from services.node.role import Handler, Role

__all__ = [
    "AnswerCodec",
    "BatchResult",
    "Handler",
    "NodeMachine",
    "OpenBatch",
    "Role",
    "records_of",
]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch that is worked out and not yet durable.

    ``commit`` is called once, in any thread; until it returns the machine does nothing else.
    """

    commit: Callable[[], BatchResult]


MOST_PLACES = 1_000_000


def went_back(address: Address, where: str) -> InvariantBroken:
    """Say that a database is behind what a process has seen of it; a new process reads on."""
    return InvariantBroken(
        "database_went_back",
        f"the database of {address} is further back than this process left it: {where}",
        f"{address} 的数据库早于本进程已提交的状态: {where}",
    )


class NodeMachine:
    """One node: its store, its handlers and nothing that knows a technology.

    Used from one thread, but for the end of an open batch. A batch either commits whole or has
    no effect at all.
    """

    def __init__(
        self,
        address: Address,
        role: Role,
        store: Store,
        clock: Clock,
        ids: Ids,
        answers: AnswerCodec,
        encode_envelope: Callable[[Envelope], bytes],
        *,
        replaying: bool = False,
        unhurried: bool = False,
        limits: ParkingLimits | None = None,
        process: str = "1",
    ) -> None:
        """``replaying`` lifts the check that business time is near the node's clock.

        ``unhurried`` lets no deadline pass: what was on its way while the network was down is
        carried out when it is back. ``process`` tells this process from others with the node.
        """
        self.address = address
        limits = limits or ParkingLimits()
        self._around = Surroundings(
            address,
            with_desk(role),
            clock,
            ids,
            answers,
            encode_envelope,
            unhurried,
            limits,
            process,
        )
        self._recent = RecentFailures(limits)
        self.consuming = True
        self.observer: Observer = UNOBSERVED
        self._inbox = Inbox(answers, replaying=replaying)
        self._store = store
        self._published: list[int] = []
        self._halted: InvariantBroken | None = None
        self._unsure = False  # whether the last commit was written, when it failed
        self._stands: dict[tuple[str, int], int] = {}  # how far its database is known to be
        unit = store.begin()
        outbox = list(unit.table(Outgoing).scan(limit=1_000_000))
        self._sequence = self._tried_sequence = outbox[-1].sequence if outbox else 0
        self.unpublished = outbox
        unit.rollback()

    def offsets(self) -> dict[TopicPartition, int]:
        """Return where this node stands in each partition it has read.

        Raises ``InvariantBroken`` (``database_went_back``).
        """
        unit = self._store.begin()
        with self._all_or_nothing(unit):
            self._require_forward(unit)
        unit.rollback()
        return {TopicPartition(*place): offset for place, offset in self._stands.items()}

    def _want_forward(self, unit: UnitOfWork) -> None:
        """Have read what ``_require_forward`` reads."""
        unit.table(ConsumedOffset).want_page(limit=MOST_PLACES)

    def _require_forward(self, unit: UnitOfWork) -> None:
        """Raise ``InvariantBroken`` (``database_went_back``) where the database has.

        Put back to a backup while this process lives, it lacks what the process has read and
        will not read again; a process that starts reads on from where the database stands.
        """
        rows = unit.table(ConsumedOffset).scan(limit=MOST_PLACES)
        stood = {(row.topic, row.partition): row.next_offset for row in rows}
        for place, offset in self._stands.items():
            if stood.get(place, 0) < offset:
                raise went_back(self.address, "{}/{}".format(*place))
        self._stands = stood

    def run(self, commands: Sequence[Command]) -> BatchResult:
        """Carry out a batch in one transaction.

        Raises whatever the commit raises; then nothing happened and the batch may be tried
        again. ``InvariantBroken`` halts the node for good: nothing is written any more, as with
        ``database_went_back``, where somebody has put it back to a backup.
        """
        return self.open(commands).commit()

    def open(self, commands: Sequence[Command]) -> OpenBatch:
        """Work a batch out; nobody may hear of its results before it is committed.

        Raises what ``run`` raises.
        """

        def take_all(batch: Batch) -> None:
            self._want_forward(batch.unit)
            if any(isinstance(each, Delivery) or each.meta is not None for each in commands):
                self._want_ahead(batch.unit)
            prefetch(commands, self._around.role, batch.unit)
            for command in commands:
                if isinstance(command, Delivery):
                    batch.result.results.append(consume(command, batch))
                else:
                    batch.result.results.append(self._inbox.take(command, batch))

        return self._open(take_all)

    def park(self, delivery: Delivery, error: Exception, attempts: int) -> BatchResult:
        """Set a message aside whose effects could not be committed, in one transaction.

        Raises what ``run`` raises.
        """

        def take(batch: Batch) -> None:
            batch.result.results.append(set_aside(delivery, error, attempts, batch))

        return self._transact(take)

    def tick(self) -> BatchResult:
        """Let the role look at ages (an answer that never came), in one transaction.

        The result says whether there is more to do at once. Raises what ``run`` raises.
        """
        return self.open_tick().commit()

    def open_tick(self) -> OpenBatch:
        """Work a tick out; nobody may hear of its results before it is committed.

        Raises what ``run`` raises.
        """
        on_tick = self._around.role.on_tick

        def look(batch: Batch) -> None:
            if on_tick is None:
                return
            if self._around.role.follows_log and self.catches_up(batch.unit):
                return
            context = batch.context(business_time=self._around.clock.now())
            batch.result.more_to_do = bool(on_tick(context))
            batch.collect(context)

        return self._open(look)

    def catch_up(self, ends: Mapping[TopicPartition, int]) -> None:
        """Have a role that follows the log wait for it: see ``CatchingUp``."""
        self._around.catching_up.until(ends)

    def catches_up(self, unit: UnitOfWork) -> bool:
        """Tell whether anything is left to be read of what was in the log at the start."""
        return self._around.catching_up.goes_on(unit)

    def mark_published(self, sequences: Sequence[int]) -> None:
        """Note outbox rows that the log has; they go with the next commit.

        A crash before that publishes them once more, under the same message ids.
        """
        self._published.extend(sequences)

    def flush_published(self) -> None:
        """Remove published outbox rows now, when no commit is in sight."""
        if self._published and self._halted is None:
            self._transact(lambda _: None)

    @property
    def halted(self) -> bool:
        """Tell whether a broken invariant has ended it for good."""
        return self._halted is not None

    def look(self) -> Looked:
        """Count what waits for a person."""
        unit = self._store.begin()
        try:
            return look(unit, self._around.role)
        finally:
            unit.rollback()

    def kept_back(self) -> list[Outgoing]:
        """Return committed rows whose turn to be published has not come."""
        return []

    def close(self) -> None:
        """Release the store."""
        try:
            self.flush_published()
        finally:
            self._store.close()

    def _transact(self, work: Callable[[Batch], None]) -> BatchResult:
        return self._open(work).commit()

    def _open(self, work: Callable[[Batch], None]) -> OpenBatch:
        if self._halted is not None:
            raise self._halted
        began_s = time.monotonic()
        unit = self._store.begin()
        with self._all_or_nothing(unit):
            batch = self._batch(unit)
            work(batch)
            self._require_forward(unit)
            batch.close(self._stands)
            if not self.consuming:
                _ = batch.held_keys  # somebody may have resolved what it stopped for
            batch.result.ahead = self._ahead(unit, batch.result.outgoing)
            self._stamp(batch)
            self._forget_published(unit)
            self._write(unit)
        work_s = time.monotonic() - began_s
        return OpenBatch(lambda: self._commit(unit, batch, work_s))

    def _write(self, unit: UnitOfWork) -> None:
        """Send what is to be committed, which may then be done in another thread."""
        unit.write()

    def _batch(self, unit: UnitOfWork) -> Batch:
        """Return a new batch; after a commit that failed it goes on from what the database has.

        Such a commit may have been written all the same: then its outbox rows are there, nobody
        was given them, and they go out with this batch. Or another process has adopted and
        published them, and knows their sequences: no row of this one ever gets them again.
        """
        if not self._unsure:
            return Batch(self._around, unit, self._sequence, self._recent)
        rows = self._written_unseen(unit)
        batch = Batch(self._around, unit, self._tried_sequence, self._recent)
        batch.result.outgoing.extend(rows)
        return batch

    def in_turn(self, result: BatchResult) -> list[Outgoing]:
        """Return what a committed batch sends that may be published at once."""
        return result.outgoing

    def _stamp(self, batch: Batch) -> None:
        """Let the times of rows tell their order, where several processes write them."""

    def _want_ahead(self, unit: UnitOfWork) -> None:
        """Have read what ``_ahead`` reads of a batch that sends anything."""

    def _ahead(self, _unit: UnitOfWork, _outgoing: Sequence[Outgoing]) -> Sequence[Outgoing]:
        """Return unpublished rows of other processes; nobody else writes to this outbox."""
        return ()

    def _written_unseen(self, unit: UnitOfWork) -> list[Outgoing]:
        """Return the outbox rows of this process that are beyond what it knows of."""
        return list(unit.table(Outgoing).scan((self._sequence,), limit=1_000_000))

    def _commit(self, unit: UnitOfWork, batch: Batch, work_s: float) -> BatchResult:
        began_s = time.monotonic()
        with self._all_or_nothing(unit):
            self._unsure, self._tried_sequence = True, batch.last_sequence
            unit.commit()
        self._unsure = False
        self._published.clear()
        self._sequence = batch.last_sequence
        for place, offset in batch.next_offsets.items():
            self._stands[place] = max(self._stands.get(place, 0), offset)
        commit_s = time.monotonic() - began_s
        self._watch_limits(batch)
        self.observer.committed(self.address, batch.result, work_s, commit_s)
        return batch.result

    def _watch_limits(self, batch: Batch) -> None:
        """Note whether messages are consumed any more; whoever runs the machine looks at that."""
        keys = batch.looked_at_keys
        if keys is None:
            return
        self._recent.add(keys.failed, keys.unresolved)
        if self.consuming and keys.stopped:
            logger.critical(
                "%s stops consuming: %d messages are parked, the first with %s; "
                "replay or discard them",
                self.address,
                keys.unresolved,
                self._first_code(),
            )
        elif not self.consuming and not keys.stopped:
            logger.warning("%s consumes again", self.address)
        self.consuming = not keys.stopped

    def _first_code(self) -> str:
        """Say why the oldest letter was set aside. It raises nothing: the batch is committed."""
        try:
            unit = self._store.begin()
            try:
                parked = unit.table(ParkedRecord).select(state=LetterState.PARKED)
            finally:
                unit.rollback()
        except YidiError as error:
            return error.code
        return min(parked, key=lambda row: row.parked_at).code if parked else "none"

    @contextmanager
    def _all_or_nothing(self, unit: UnitOfWork) -> Iterator[None]:
        """Roll back when anything fails; a broken invariant halts the node as well.

        What the database refuses to hold breaks nothing: one command is at fault, and the
        others are still to be carried out.
        """
        try:
            yield
        except BaseException as error:
            unwritable = as_unwritable(error)
            if unwritable is None and isinstance(error, InvariantBroken):
                self._halted = error
                logger.critical("%s halted: %s", self.address, error)
            unit.rollback()
            if unwritable is not None:
                raise unwritable from error
            raise

    def _forget_published(self, unit: UnitOfWork) -> None:
        outbox = unit.table(Outgoing)
        for sequence in self._published:
            outbox.delete(sequence)
