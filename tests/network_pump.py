"""A network of nodes in one thread, moved one step at a time by a seeded scheduler.

The nodes, the store and the log are the real ones; only time, ids, threads and the wire are the
pump's. Between any two steps a node may crash, the log may take records twice, partitions may
overtake each other, and time may pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from adapters.db.store import SqlStore
from adapters.embedded.log import EmbeddedLog
from adapters.wire.envelopes import decode_envelope, encode_envelope
from clearing.calendar import Instant
from clearing.errors import Malformed
from clearing.messages import Address
from clearing.ports import LogRecord, TableSpec, TopicPartition, UnitOfWork
from services.node import topics
from services.node.batch import AnswerCodec
from services.node.command import (
    Answered,
    Command,
    Delivery,
    Failed,
    Final,
    Request,
    RequestMeta,
    Result,
)
from services.node.machine import BatchResult, NodeMachine, Role, records_of
from services.node.records import Outgoing

RecordT = TypeVar("RecordT")

START = Instant(1_700_000_000_000)


class FakeClock:
    """Stands still until it is told how much time has passed."""

    def __init__(self, now: Instant = START) -> None:
        self._now = now

    def now(self) -> Instant:
        return self._now

    def pass_ms(self, duration_ms: int) -> None:
        self._now = Instant(self._now + duration_ms)


class CountingIds:
    """Mints ``kind-1``, ``kind-2`` …, in order over all nodes."""

    def __init__(self) -> None:
        self._last = 0

    def mint(self, kind: str) -> str:
        self._last += 1
        return f"{kind}-{self._last:06d}"


@dataclass(frozen=True, slots=True)
class NodePlan:
    """What a node is made of; made again of it when it restarts."""

    address: Address
    role: Role
    specs: tuple[TableSpec, ...]


@dataclass(slots=True)
class _Node:
    plan: NodePlan
    store: SqlStore
    machine: NodeMachine
    positions: dict[TopicPartition, int]
    outbox: list[Outgoing] = field(default_factory=list)  # committed, not yet in the log
    finals: dict[tuple[str, str], Final] = field(default_factory=dict)


class NetworkPump:
    """Some nodes, their log, and a scheduler drawn from a seed."""

    def __init__(
        self, plans: Sequence[NodePlan], answers: AnswerCodec, *, seed: int = 0, partitions: int = 3
    ) -> None:
        self.clock = FakeClock()
        self.random = Random(seed)
        self._ids = CountingIds()
        self._answers = answers
        self._partitions = partitions
        self._log = EmbeddedLog(":memory:", self.clock)
        for plan in plans:
            for topic in topics.read_by(plan.address):
                self._log.ensure_topic(topic, partitions)
        self._nodes = {plan.address: self._open(plan) for plan in plans}

    def close(self) -> None:
        for node in self._nodes.values():
            node.machine.close()
        self._log.close()

    # --- what callers do

    def request(
        self,
        address: Address,
        payload: Any,
        scope: str,
        request_id: str,
        business_time: Instant | None = None,
    ) -> Result:
        """Send a mutating request in a batch of its own; ``Waiting`` when the answer is to come."""
        meta = RequestMeta(scope, request_id, business_time)
        return self.run(address, [Request(payload, meta)]).results[0]

    def ask(self, address: Address, payload: Any) -> Any:
        """Answer a query, or raise its refusal."""
        return answer_of(self.run(address, [Request(payload, None)]).results[0])

    def final(self, address: Address, scope: str, request_id: str) -> Final | None:
        """Return the answer that came for a waiting request since the node's last start."""
        return self._nodes[address].finals.get((scope, request_id))

    def run(self, address: Address, batch: Sequence[Command]) -> BatchResult:
        """Run one batch on a node; what it sends stays in its outbox."""
        node = self._nodes[address]
        return self._absorb(node, node.machine.run(batch))

    def rows(self, address: Address, record: type[RecordT]) -> list[RecordT]:
        """Return everything a node keeps of a type."""
        unit = self._nodes[address].store.begin()
        rows = list(unit.table(record).scan(limit=1_000_000))
        unit.rollback()
        return rows

    def look(self, address: Address, read: Callable[[UnitOfWork], RecordT]) -> RecordT:
        """Return what ``read`` finds in a node's database; it changes nothing."""
        unit = self._nodes[address].store.begin()
        found = read(unit)
        unit.rollback()
        return found

    def put(self, address: Address, record: Any) -> None:
        """Write a record behind a node's back, as somebody who tampers does."""
        unit = self._nodes[address].store.begin()
        unit.table(type(record)).put(record)
        unit.commit()

    # --- what the world does

    def publish(self, address: Address, *, confirmed: bool = True) -> bool:
        """Append a node's outbox to the log; unconfirmed it will be appended once more."""
        node = self._nodes[address]
        if not node.outbox:
            return False
        for topic in {row.topic for row in node.outbox}:
            self._log.ensure_topic(topic, self._partitions)
        self._log.append(records_of(node.outbox))
        if confirmed:
            node.machine.mark_published([row.sequence for row in node.outbox])
            node.outbox.clear()
        return True

    def deliver(self, address: Address, most: int = 1) -> bool:
        """Give a node the next records of one of its partitions, in one batch."""
        node = self._nodes[address]
        waiting = [
            (place, found)
            for place, offset in node.positions.items()
            if (found := self._log.poll({place: offset}, most))
        ]
        if not waiting:
            return False
        place, records = self.random.choice(waiting)
        self.run(address, [_delivery(record) for record in records])
        node.positions[place] = records[-1].offset + 1
        return True

    def tick(self, address: Address) -> None:
        """Let a node look at its clock."""
        node = self._nodes[address]
        self._absorb(node, node.machine.tick())

    def restart(self, address: Address, plan: NodePlan | None = None) -> None:
        """Crash a node and start it on its database: what it had only in memory is gone.

        With a plan it's started as another one, on the same database.
        """
        node = self._nodes[address]
        self._nodes[address] = self._open(plan or node.plan, node.store)

    def step(self) -> None:
        """Do one thing that may happen next, faults among them."""
        address = self.random.choice(list(self._nodes))
        chances: list[tuple[int, Callable[[], object]]] = [
            (30, lambda: self.publish(address)),
            (4, lambda: self.publish(address, confirmed=False)),
            (50, lambda: self.deliver(address, self.random.randint(1, 4))),
            (3, lambda: self.restart(address)),
            (5, lambda: self.clock.pass_ms(self.random.choice([10, 1_000, 9_000]))),
            (5, lambda: self.tick(address)),
        ]
        weights, steps = zip(*chances, strict=True)
        self.random.choices(steps, weights)[0]()

    def settle_down(self) -> None:
        """Let everything that is on its way arrive, and everybody who waits give up."""
        quiet = 0
        while quiet < 2:  # a tick after the last message may send another one
            moved = False
            for address in self._nodes:
                moved = self.publish(address) or moved
                moved = self.deliver(address, 100) or moved
            if not moved:
                quiet += 1
                self.clock.pass_ms(60_000)
                for address in self._nodes:
                    self.tick(address)
            else:
                quiet = 0

    def _open(self, plan: NodePlan, store: SqlStore | None = None) -> _Node:
        store = store or SqlStore(":memory:", plan.specs)
        machine = NodeMachine(
            plan.address,
            plan.role,
            store,
            self.clock,
            self._ids,
            self._answers,
            encode_envelope,
            replaying=True,
        )
        known = machine.offsets()
        positions = {
            place: known.get(place, 0)
            for topic in topics.read_by(plan.address)
            for place in self._log.partitions(topic)
        }
        return _Node(plan, store, machine, positions, list(machine.unpublished))

    def _absorb(self, node: _Node, result: BatchResult) -> BatchResult:
        node.outbox.extend(result.outgoing)
        node.finals.update(result.completed)
        return result


def answer_of(result: Result | Final | None) -> Any:
    """Return an answer's body, or raise the refusal."""
    if isinstance(result, Failed):
        raise result.error
    assert isinstance(result, Answered), result
    return result.body


def _delivery(record: LogRecord) -> Delivery:
    try:
        return Delivery(record, decode_envelope(record.value))
    except Malformed as error:
        return Delivery(record, None, error)
