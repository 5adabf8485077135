"""What was carried out, in order, and the same once more from the first message in fair weather.

A node's books must be what they would be had nothing ever failed: every command once, in the
order in which the first copies took effect, at the times the node's clock showed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from adapters.db.memory import MemoryDisk, MemoryStore
from adapters.wire.envelopes import encode_envelope
from clearing.calendar import Instant
from clearing.messages import Address
from clearing.ports import UnitOfWork
from services.insured_region.commands import ChangeFiling, FileRemoteCare, RevokeFiling
from services.node.batch import AnswerCodec
from services.node.command import Command, Delivery, Request
from services.node.machine import NodeMachine
from services.node.records import HeldKey
from services.simulator.host import GivenIds
from services.simulator.plans import NodePlan
from services.simulator.poison import with_fault
from services.simulator.violation import Violation
from services.simulator.wire import id_of

_THROUGH_LOG = (FileRemoteCare, ChangeFiling, RevokeFiling)
"""What is asked of a node by call and takes effect by a message."""

Act = Callable[[UnitOfWork], None]
"""What an operator does in a transaction of their own, the same when done again."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was worked out, by the node's clock, and which messages it failed at then.

    ``minted`` are the ids that were minted for it.
    """

    at: Instant
    failing: frozenset[str] = frozenset()
    minted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A batch that was written, or what an operator did beside it."""

    moment: Moment
    commands: Sequence[Command] = ()
    act: Act | None = None

    @property
    def is_local(self) -> bool:
        """Tell whether something happened that was asked of the node itself, not by messages."""
        return self.act is not None or any(
            isinstance(each, Request) and not isinstance(each.payload, _THROUGH_LOG)
            for each in self.commands
        )


class StoppedClock:
    """Shows the instant that it was set to."""

    def __init__(self) -> None:
        self.instant = Instant(0)

    def now(self) -> Instant:
        """Return that instant."""
        return self.instant


def again(plan: NodePlan, events: Sequence[Event], answers: AnswerCodec) -> MemoryDisk:
    """Return the disk of a fresh node to which everything happened once, under the same ids.

    Copies of a message are only carried out where their key is held: they wait with the others.
    """
    disk, clock, ids, failing = MemoryDisk(plan.specs), StoppedClock(), GivenIds(), set[str]()
    store, held = MemoryStore(disk), disk.tables[HeldKey].records
    faulty = with_fault(plan, failing, None)
    node = NodeMachine(
        plan.address, faulty.role, store, clock, ids, answers, encode_envelope, replaying=True
    )
    seen: set[object] = set()
    for event in events:
        clock.instant = event.moment.at
        ids.give(event.moment.minted)
        failing.clear()
        failing.update(event.moment.failing)
        if event.act is not None:
            unit = store.begin()
            event.act(unit)
            unit.commit()
        for command in event.commands:
            if isinstance(command, Delivery):
                record = command.record
                place = record.topic, record.partition, record.offset
                message = id_of(record.value) or place  # what nobody can read has no id
                holds = held.get((record.topic, record.key))
                if message in seen and (holds is None or not holds.unresolved):
                    continue
                seen.add(message)
            node.run([command])
    return disk


def check_same(
    address: Address, kept: MemoryDisk, replayed: MemoryDisk, records: Sequence[type]
) -> None:
    """Raise ``Violation`` (``replay_differs``) naming a record that isn't the same on both."""
    for record in records:
        mine, theirs = kept.tables[record].records, replayed.tables[record].records
        for key in sorted(mine.keys() | theirs.keys()):
            if mine.get(key) != theirs.get(key):
                raise Violation(
                    "replay_differs",
                    f"{address}: {record.__name__} {key}, kept and from the first message: "
                    + _difference(mine.get(key), theirs.get(key)),
                )


def _difference(mine: Any, theirs: Any) -> str:
    """Write the fields in which two records differ, or that one of them is missing."""
    if mine is None or theirs is None:
        return "nothing and something" if mine is None else "something and nothing"
    pairs = ((f.name, getattr(mine, f.name), getattr(theirs, f.name)) for f in fields(mine))
    return ", ".join(f"{name} {one} and {two}" for name, one, two in pairs if one != two)
