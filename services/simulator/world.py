"""The nodes, their disks, the log and the time: everything that a step can move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from adapters.db.memory import MemoryDisk, MemoryStore
from adapters.embedded.memory import MemoryBroker, MemoryLog
from clearing.errors import Unavailable
from clearing.messages import Address
from clearing.ports import TopicPartition, UnitOfWork
from services.node import topics
from services.node.batch import AnswerCodec
from services.node.command import Answered, Failed, Final, Request, Result
from services.simulator.history import Event, again
from services.simulator.host import CountingIds, NodeClock, WorldClock
from services.simulator.plans import NodePlan
from services.simulator.process import Process
from services.simulator.violation import Violation

RecordT = TypeVar("RecordT")
FoundT = TypeVar("FoundT")

REST_MS = 60_000
MAX_ROUNDS = 1_000
"""Far more than messages need to arrive: an answer to an answer to a request takes six."""


class World:
    """Some nodes in one thread. Nothing moves by itself."""

    def __init__(
        self, plans: Sequence[NodePlan], answers: AnswerCodec, *, partitions: int = 2
    ) -> None:
        self.clock = WorldClock()
        self.ids = CountingIds()
        self.answers = answers
        self.broker = MemoryBroker()
        self.log = MemoryLog(self.broker, self.clock)
        self.plans = {plan.address: plan for plan in plans}
        for address in self.plans:
            for topic in topics.read_by(address):
                self.log.ensure_topic(topic, topics.partitions(topic, partitions))
        self.clocks = {address: NodeClock(self.clock) for address in self.plans}
        self.disks = {address: MemoryDisk(plan.specs) for address, plan in self.plans.items()}
        self.history: dict[Address, list[Event]] = {address: [] for address in self.plans}
        self.running: dict[Address, Process] = {}
        for address in self.plans:
            self.start(address)

    def start(self, address: Address) -> bool:
        """Start a node on its disk; ``False`` where its database cannot be reached."""
        try:
            self.running[address] = Process(
                self.plans[address],
                self.disks[address],
                self.log,
                self.clocks[address],
                self.ids,
                self.answers,
                self.history[address],
            )
        except Unavailable:
            return False
        return True

    def kill(self, address: Address) -> None:
        """End a node's process: what it had only in memory is gone."""
        self.running.pop(address, None)

    def waiting_places(self, address: Address) -> list[TopicPartition]:
        """Return the partitions of which a running node has something to read just now."""
        broker = self.broker
        if not broker.reachable:
            return []
        return [
            place
            for place, offset in self.running[address].positions.items()
            if offset < len(broker.records[place]) and place not in broker.silent
        ]

    def ask(self, address: Address, payload: Any) -> Any:
        """Answer a query at once, or raise its refusal."""
        return answer_of(self.running[address].machine.run([Request(payload, None)]).results[0])

    def rows(self, address: Address, record: type[RecordT]) -> list[RecordT]:
        """Return everything a node keeps of a type."""
        table = self.disks[address].tables[record]
        return [table.records[key] for key in table.order]

    def look(self, address: Address, read: Callable[[UnitOfWork], FoundT]) -> FoundT:
        """Return what ``read`` finds on a node's disk; it changes nothing."""
        unit = MemoryStore(self.disks[address]).begin()
        found = read(unit)
        unit.rollback()
        return found

    def put(self, address: Address, record: Any) -> None:
        """Write a record in a transaction of its own, beside the node's process."""
        disk = self.disks[address]
        unit, before = MemoryStore(disk).begin(), disk.version
        unit.table(type(record)).put(record)
        try:
            unit.commit()
        finally:
            if disk.version != before:
                self.history[address].append(Event(self.clocks[address].now(), put=record))

    def again(self, address: Address) -> MemoryDisk:
        """Return the disk of a fresh node to which everything happened once, without faults."""
        plan = self.plans[address]
        return again(plan, self.history[address], CountingIds(), self.answers)

    def mend(self) -> None:
        """End every fault: all disks take, all connections hold, all nodes run."""
        self.broker.reachable, self.broker.spoil_next = True, None
        self.broker.silent.clear()
        for address, disk in self.disks.items():
            disk.full, disk.connections, disk.fail_next = False, True, None
            if address not in self.running:
                self.start(address)

    def settle_down(self) -> None:
        """Let everything that is on its way arrive, and everybody who waits give up."""
        self.mend()
        quiet = rounds = 0
        while quiet < 2:  # a tick after the last message may send another one
            rounds += 1
            if rounds > MAX_ROUNDS:
                raise Violation("never_at_rest", f"messages still move after {rounds} rounds")
            if self._move():
                quiet = 0
                continue
            quiet += 1
            self.clock.pass_ms(REST_MS)
            for process in self.running.values():
                process.tick()
                process.flush()

    def _move(self) -> bool:
        moved = False
        for address, process in self.running.items():
            if process.unpublished:
                moved = process.publish() or moved
            for place in self.waiting_places(address):
                process.read(place, 100)
            while process.queue:
                if process.work() is None:
                    raise Violation("node_stuck", f"{address}: a batch fails in fair weather")
                moved = True
        return moved


def answer_of(result: Result | Final | None) -> Any:
    """Return an answer's body, or raise the refusal."""
    if isinstance(result, Failed):
        raise result.error
    assert isinstance(result, Answered), result
    return result.body
