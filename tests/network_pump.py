"""Nodes in one thread, moved by hand: the simulator's world as tests of the nodes use it.

The nodes are the real ones; time, ids, store and log are the simulator's. Nothing moves and
nothing fails unless a test says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from adapters.db.memory import MemoryStore
from adapters.embedded.memory import Misdeed
from clearing.calendar import Instant
from clearing.errors import Rejected
from clearing.messages import Address
from clearing.ports import UnitOfWork
from services.node.batch import AnswerCodec
from services.node.command import Answered, Command, Failed, Final, Request, RequestMeta, Result
from services.node.machine import BatchResult
from services.node.records import RequestEntry, RequestStatus
from services.simulator.host import START, CountingIds
from services.simulator.host import WorldClock as FakeClock
from services.simulator.layout import Layout, Seat
from services.simulator.plans import NodePlan
from services.simulator.world import World, answer_of

__all__ = ["START", "CountingIds", "FakeClock", "NetworkPump", "answer_of"]

RecordT = TypeVar("RecordT")


class NetworkPump:
    """Some nodes and their log."""

    def __init__(
        self,
        plans: Sequence[NodePlan],
        answers: AnswerCodec,
        *,
        partitions: int = 3,
        layout: Layout | None = None,
    ) -> None:
        self.world = World(plans, answers, partitions=partitions, layout=layout)
        self.clock = self.world.clock
        self._random = Random(0)

    def close(self) -> None:
        for process in self.world.running.values():
            process.machine.close()

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
        return self.world.ask(address, payload)

    def final(self, address: Address, scope: str, request_id: str) -> Final | None:
        """Return the answer that a node keeps for a request, ``None`` while it is to come."""
        entries = self.world.disks[address].tables[RequestEntry].records
        entry: RequestEntry = entries[scope, request_id]
        if entry.status is RequestStatus.ANSWERED:
            return Answered(self.world.answers.decode(entry.answer_kind, entry.body))
        if entry.status is RequestStatus.REFUSED:
            return Failed(Rejected(entry.code, entry.message_en, entry.message_zh))
        return None

    def run(self, address: Address, batch: Sequence[Command]) -> BatchResult:
        """Run one batch on a node; what it sends stays in its outbox."""
        return self.world.process(address).run(batch)

    def rows(self, address: Address, record: type[RecordT]) -> list[RecordT]:
        """Return everything a node keeps of a type."""
        return self.world.rows(address, record)

    def look(self, address: Address, read: Callable[[UnitOfWork], RecordT]) -> RecordT:
        """Return what ``read`` finds in a node's database; it changes nothing."""
        return self.world.look(address, read)

    def put(self, address: Address, record: Any) -> None:
        """Write a record behind a node's back, as somebody who tampers does."""
        self.world.put(address, record)

    def delete(self, address: Address, record: type, *key: str | int) -> None:
        """Remove a record behind a node's back."""
        unit = MemoryStore(self.world.disks[address]).begin()
        unit.table(record).delete(*key)
        unit.commit()

    # --- what the world does

    def publish(self, address: Address, *, confirmed: bool = True) -> bool:
        """Append a node's outbox to the log; unconfirmed it will be appended once more."""
        process = self.world.process(address)
        if not process.unpublished:
            return False
        self.world.broker.spoil_next = None if confirmed else Misdeed.UNCONFIRMED
        process.publish()
        return True

    def deliver(self, address: Address, most: int = 1) -> bool:
        """Give a node the next records of one of its partitions, in one batch."""
        process = self.world.process(address)
        waiting = self.world.waiting_places(process)
        if not waiting:
            return False
        process.read(self._random.choice(waiting), most)
        process.work()
        return True

    def tick(self, address: Address) -> None:
        """Let a node look at its clock."""
        self.world.process(address).tick()

    def restart(self, address: Address, plan: NodePlan | None = None) -> None:
        """Crash a node and start it on its database: what it had only in memory is gone.

        With a plan it's started as another one, on the same database.
        """
        if plan is not None:
            self.world.plans[address] = plan
        self.world.kill(Seat(address))
        self.world.start(Seat(address))
