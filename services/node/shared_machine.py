"""A node that several processes host at once, over one database."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from clearing.calendar import Instant
from clearing.errors import Conflict
from clearing.ports import UnitOfWork
from services.node.batch import Batch, BatchResult
from services.node.command import Final
from services.node.machine import NodeMachine, went_back
from services.node.records import OutboxWriter, Outgoing, RequestEntry
from services.node.turns import Turns

logger = logging.getLogger(__name__)

GENERATION_BITS = 36
"""Rows that one process writes to the outbox in its life, as a power of two."""

GENERATION_MS = 8_000
GENERATIONS_BEGIN = 1_704_067_200_000
"""The generation of a start is at least the time since 2024, in steps of 8 s (enough for 34
years): a database that was put back does not know which ones there were since its backup."""

LEFT_OVER_MS = 15_000
"""An outbox row so old is published by whoever finds it."""

LOOKED_THROUGH = 5_000
MOST_AHEAD = 100_000
"""Far more than processes take in while the log is away."""

CLAIM_ATTEMPTS = 100

RequestKey = tuple[str, str]


class SharedMachine(NodeMachine):
    """Writes outbox rows that no other process writes, and finds what others left or answered.

    Each start takes the next generation by database and clock, and its rows are numbered within
    that. Rows that their writer could not publish are adopted by age, one by one: those of a
    live writer may so be published twice, under the same message ids, which readers ignore.
    Messages of one key leave in order, whichever processes wrote them (see ``Turns``); adopted
    ones by when they were written, which is later than whatever their transaction saw.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        """Take what ``NodeMachine`` takes. Every row found now is published by this process."""
        super().__init__(*given, **named)
        self.unpublished.sort(key=_by_time)
        self._turns = Turns()
        self._stamped_at = 0
        self._generation = generation = self._claimed()
        self._first = generation << GENERATION_BITS
        self._last = self._first + (1 << GENERATION_BITS) - 1
        self._sequence = self._tried_sequence = self._first
        self._adopted = {row.sequence for row in self.unpublished}

    def leftovers(self) -> list[Outgoing]:
        """Return old rows of other writers, each once, to be published by this process."""
        unit = self._store.begin()
        try:
            rows = list(_all_rows(unit))
        finally:  # a database that is away must find the next unit begin anew
            unit.rollback()
        self._adopted &= {row.sequence for row in rows}
        before = self._around.clock.now() - LEFT_OVER_MS
        blocked: set[tuple[str, str]] = set()
        found = []
        for row in sorted(rows, key=_by_time):
            place = row.topic, row.key
            own = self._is_own(row.sequence)
            if self._turns.holds(*place) if own else row.written_at >= before:
                blocked.add(place)  # what was written after it goes out after it
            elif not own and place not in blocked and row.sequence not in self._adopted:
                found.append(row)
        if found:
            logger.warning("%s adopts %d outbox rows of others", self.address, len(found))
        self._adopted |= {row.sequence for row in found}
        return found

    def in_turn(self, result: BatchResult) -> list[Outgoing]:
        """Return what a committed batch sends that may be published at once."""
        return self._turns.take(result.outgoing, result.ahead)

    @property
    def keeps_back(self) -> bool:
        """Tell whether rows wait for those of other processes."""
        return len(self._turns) > 0

    def kept_back(self) -> list[Outgoing]:
        """Return committed rows whose turn to be published has not come. Any thread may ask."""
        return self._turns.kept()

    def released(self) -> list[Outgoing]:
        """Return the rows whose turn to be published has come."""
        unit = self._store.begin()
        try:
            keys = [(sequence,) for sequence in self._turns.awaited()]
            left = unit.table(Outgoing).get_many(keys)
        finally:
            unit.rollback()
        return self._turns.release({row.sequence for row in left.values()})

    def answers_of(self, keys: Iterable[RequestKey]) -> Mapping[RequestKey, Final]:
        """Return what is known by now of requests that wait, whichever process learnt it."""
        unit = self._store.begin()
        try:
            entries = unit.table(RequestEntry).get_many(keys).values()
        finally:
            unit.rollback()
        finals = ((entry, self._inbox.final_of(entry)) for entry in entries)
        return {
            (entry.scope, entry.request_id): final for entry, final in finals if final is not None
        }

    def _write(self, unit: UnitOfWork) -> None:
        """Do nothing: writes and commit go to the server in one round trip."""

    def _want_ahead(self, unit: UnitOfWork) -> None:
        outbox = unit.table(Outgoing)
        outbox.want_page(below=(self._first,), limit=MOST_AHEAD)
        outbox.want_page((self._last,), limit=MOST_AHEAD)

    def _ahead(self, unit: UnitOfWork, outgoing: Sequence[Outgoing]) -> Sequence[Outgoing]:
        if not outgoing:
            return ()
        outbox = unit.table(Outgoing)
        return [
            *outbox.scan(below=(self._first,), limit=MOST_AHEAD),
            *outbox.scan((self._last,), limit=MOST_AHEAD),
        ]

    def _stamp(self, batch: Batch) -> None:
        """Give rows a time after that of every row which their transaction saw."""
        after = max((row.written_at for row in batch.result.ahead), default=-1) + 1
        self._stamped_at = max(self._stamped_at, after)
        outbox, stamped = batch.unit.table(Outgoing), []
        for row in batch.result.outgoing:
            if row.sequence > batch.known_sequence:  # others an earlier transaction wrote
                if row.written_at < self._stamped_at:
                    row = replace(row, written_at=Instant(self._stamped_at))
                    outbox.put(row)
                self._stamped_at = row.written_at
            stamped.append(row)
        batch.result.outgoing = stamped

    def _written_unseen(self, unit: UnitOfWork) -> list[Outgoing]:
        return [row for row in super()._written_unseen(unit) if self._is_own(row.sequence)]

    def _is_own(self, sequence: int) -> bool:
        return sequence >> GENERATION_BITS == self._generation

    def _want_forward(self, unit: UnitOfWork) -> None:
        unit.table(OutboxWriter).want([(OutboxWriter.NEWEST,)])
        super()._want_forward(unit)

    def _require_forward(self, unit: UnitOfWork) -> None:
        newest = unit.table(OutboxWriter).get(OutboxWriter.NEWEST)
        if newest is None or newest.generation < self._generation:
            raise went_back(self.address, "the start of this process")
        super()._require_forward(unit)

    def _claimed(self) -> int:
        for _ in range(CLAIM_ATTEMPTS):
            unit = self._store.begin()
            try:
                known = unit.table(OutboxWriter).get(OutboxWriter.NEWEST)
                by_clock = (self._around.clock.now() - GENERATIONS_BEGIN) // GENERATION_MS
                generation = max(by_clock, 1 if known is None else known.generation + 1)
                unit.table(OutboxWriter).put(OutboxWriter(OutboxWriter.NEWEST, generation))
                unit.commit()
            except Conflict:  # another process starts at the same time
                unit.rollback()
            else:
                return generation
        raise Conflict(
            "generation_contended",
            f"{self.address} found no turn to start",
            f"{self.address} 启动时竞争过多",
        )


def _all_rows(unit: UnitOfWork) -> Iterator[Outgoing]:
    """Yield the whole outbox: the oldest row of a key may have the highest number of all."""
    after: tuple[int, ...] | None = None
    while True:
        page = unit.table(Outgoing).scan(after, LOOKED_THROUGH)
        yield from page
        if len(page) < LOOKED_THROUGH:
            return
        after = (page[-1].sequence,)


def _by_time(row: Outgoing) -> tuple[int, int]:
    return row.written_at, row.sequence
