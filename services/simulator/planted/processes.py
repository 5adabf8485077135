"""Pieces of planted bugs in what surrounds the handlers: offsets, outbox, commits, starts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapters.db.memory import MemoryStore, MemoryUnit
from adapters.wire.envelopes import decode_envelope, encode_envelope
from clearing.errors import Unavailable
from services.node.batch import Batch
from services.node.command import Failed
from services.node.machine import NodeMachine, records_of
from services.node.records import Outgoing
from services.simulator.planted.nodes import seen_since_start
from services.simulator.process import Process
from services.simulator.reading import Reading


def read_and_note(old: Any) -> Any:
    """Tell the log of the offset as soon as a record was read."""

    def read(self: Process, place: Any, most: int) -> int:
        count: int = old(self, place, most)
        self.reading.note([command for command, _ in self.queue])
        return count

    return read


def trust_the_log(_old: Any) -> Any:
    """Begin where the log was told, whatever the database says."""

    def first(self: Reading, place: Any) -> int:
        return self._log.committed_offset(str(self._address), place)

    return first


def forget_outbox(old: Any) -> Any:
    """Start with nothing to publish."""

    def start(self: NodeMachine, *args: Any, **options: Any) -> None:
        old(self, *args, **options)
        self.unpublished = []

    return start


def mark_before_append(_old: Any) -> Any:
    """Take outbox rows for published whatever the log says."""

    def publish(self: Process, _cut: Any = None) -> bool:
        rows, self.unpublished = list(self.unpublished), []
        self.machine.mark_published([row.sequence for row in rows])
        try:
            self._append(records_of(rows))
        except Unavailable:
            return False
        return True

    return publish


def mint_anew(old: Any) -> Any:
    """Give rows that the log may not have taken new message ids before the next attempt."""

    def publish(self: Process, cut: Any = None) -> bool:
        taken: bool = old(self, cut)
        if not taken:
            self.unpublished = [_under_new_id(row) for row in self.unpublished]
        return taken

    return publish


def _under_new_id(row: Outgoing) -> Outgoing:
    envelope = decode_envelope(row.value)
    again = replace(envelope, message_id=f"{envelope.message_id}-again")
    return replace(row, value=encode_envelope(again))


def drop_deliveries(_old: Any) -> Any:
    """Tell callers of a batch that failed, and forget its messages."""

    def failed(_self: Process, items: Any, error: Any) -> None:
        for _, told in items:
            if told is not None:
                told(Failed(error))

    return failed


def commit_later(_old: Any) -> Any:
    """Say that a commit was written, and leave that for later."""

    def commit(self: MemoryUnit) -> None:
        _unwritten[id(self._disk)] = self
        self.open = False

    return commit


def commit_the_last_one(old: Any) -> Any:
    """Write what was committed last, unless its process was killed meanwhile; then begin."""

    def begin(self: MemoryStore) -> MemoryUnit:
        unit = _unwritten.pop(id(self._disk), None)
        if unit is not None and unit is self._unit:
            unit.open = True
            unit._write_all()
            unit.open = False
        begun: MemoryUnit = old(self)
        return begun

    return begin


_unwritten: dict[int, MemoryUnit] = {}


def never_unsure(_old: Any) -> Any:
    """Go on after a commit that failed as if it had never been."""

    def batch(self: NodeMachine, unit: Any) -> Batch:
        self._unsure = False
        made: Batch = _old(self, unit)
        return made

    return batch


def remember_nothing(old: Any) -> Any:
    """Start without a memory of messages."""

    def start(self: NodeMachine, *args: Any, **options: Any) -> None:
        old(self, *args, **options)
        seen_since_start[self.address] = set()

    return start
