"""The nodes, their disks, the log and the time: everything that a step can move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from adapters.db.memory import Backup, MemoryDisk, MemoryStore
from adapters.embedded.memory import MemoryBroker, MemoryLog
from clearing.errors import Unavailable
from clearing.messages import Address, Role
from clearing.ports import TopicPartition, UnitOfWork
from services.care_region.open_questions import ASK_AGAIN_MS
from services.care_region.records import OpenQuestion
from services.node import topics
from services.node.batch import AnswerCodec
from services.node.command import Answered, Command, Failed, Final, Request, RequestMeta, Result
from services.node.desk_letters import DiscardDeadLetter, ReplayDeadLetters
from services.node.desk_letters import id_of as id_of_letter
from services.node.records import (
    ConsumedOffset,
    LetterState,
    ParkedRecord,
    RequestEntry,
    SeenMessage,
)
from services.simulator.history import Act, Event, Moment, again
from services.simulator.host import CountingIds, NodeClock, WorldClock
from services.simulator.layout import Layout, Seat
from services.simulator.plans import NodePlan
from services.simulator.poison import TIGHT, with_fault
from services.simulator.process import Process
from services.simulator.reading import Reading
from services.simulator.violation import Violation

RecordT = TypeVar("RecordT")
FoundT = TypeVar("FoundT")

REST_MS = 60_000
WHO = ("operator", "seen to it")
MAX_ROUNDS = 1_000
"""Far more than messages need to arrive: an answer to an answer to a request takes six."""


class World:
    """Some nodes in one thread. Nothing moves by itself."""

    def __init__(
        self,
        plans: Sequence[NodePlan],
        answers: AnswerCodec,
        *,
        partitions: int = 2,
        layout: Layout | None = None,
    ) -> None:
        """Start every process of every node; without a ``layout`` each node has one."""
        self.clock = WorldClock()
        self.ids = CountingIds()
        self.answers = answers
        self.broker = MemoryBroker()
        self.log = MemoryLog(self.broker, self.clock)
        self.plans = {plan.address: plan for plan in plans}
        self.layout = layout or Layout()
        for address in self.plans:
            for topic in topics.read_by(address):
                self.log.ensure_topic(topic, topics.partitions(topic, partitions))
        self.clocks = {address: NodeClock(self.clock) for address in self.plans}
        self.disks = {address: MemoryDisk(plan.specs) for address, plan in self.plans.items()}
        self.backups: dict[Address, tuple[Backup, int]] = {}
        """What was backed up of a node, and how many events had happened by then."""

        self.carried_out: dict[Address, set[str]] = {address: set() for address in self.plans}
        """Ids of the messages that a node had carried out when its database was put back."""

        self.on_restored: Callable[[Address], None] = _ignore
        self.limits = TIGHT if self.layout.poison else None
        self.failing: dict[Address, set[str]] = {address: set() for address in self.plans}
        """Ids of the messages that a node fails at, until it is mended."""

        self.poisoned: set[str] = set()
        """Ids of all messages that any node ever failed at."""

        self.garbled: dict[tuple[TopicPartition, int], str] = {}
        """Ids of messages that came to the log so that nobody can read them, by where they lie."""

        self._acts = 0
        self.history: dict[Address, list[Event]] = {address: [] for address in self.plans}
        self.running: dict[Seat, Process] = {}
        self.missed_by_nobody: dict[Seat, Reading] = {}
        """Readers of killed processes that the log has not missed yet: they hold what they held."""

        self.seats = [seat for address in self.plans for seat in self.layout.seats(address)]
        for seat in self.seats:
            self.start(seat)

    def start(self, seat: Seat) -> bool:
        """Start a process on its node's disk; ``False`` where the database cannot be reached."""
        try:
            self.running[seat] = Process(
                seat,
                self._plan(seat.at),
                self.disks[seat.at],
                self.log,
                self.clocks[seat.at],
                self.ids,
                self.answers,
                partial(self._moment, seat.at),
                partial(self._written, seat.at),
                shared=self.layout.shared(seat.at),
            )
        except Unavailable:
            return False
        self.missed_by_nobody.pop(seat, None)
        return True

    def _plan(self, address: Address) -> NodePlan:
        plan = self.plans[address]
        if self.limits is None:
            return plan
        return with_fault(plan, self.failing[address], self.limits)

    def _moment(self, address: Address) -> Moment:
        return Moment(self.clocks[address].now(), frozenset(self.failing[address]))

    def _written(self, address: Address, moment: Moment, commands: Sequence[Command]) -> None:
        """Note a batch, without what a node held back and what it refused for the moment."""
        tables = self.disks[address].tables
        offsets, requests = tables[ConsumedOffset].records, tables[RequestEntry].records

        def is_done(command: Command) -> bool:
            if isinstance(command, Request):
                meta = command.meta
                return meta is not None and (meta.scope, meta.request_id) in requests
            record = command.record
            known = offsets.get((record.topic, record.partition))
            return known is not None and known.next_offset > record.offset

        self._happened(address, Event(moment, [each for each in commands if is_done(each)]))

    def _happened(self, address: Address, event: Event) -> None:
        self.history[address].append(event)
        if event.is_local and address in self.backups:
            self.back_up(address)

    def back_up(self, address: Address) -> None:
        """Keep a node's database as it is now.

        What was asked of the node itself is in no log: an agency that lost it would have to
        enter it again. So a backup is taken anew after each of these.
        """
        self.backups[address] = self.disks[address].backup(), len(self.history[address])

    def restore(self, address: Address) -> None:
        """Put a node's database back to its backup, all its processes being down."""
        kept = self.backups.get(address)
        if kept is None:
            return
        for seat in self.layout.seats(address):
            self.kill(seat)
        backup, events = kept
        self.carried_out[address].update(row.message_id for row in self.rows(address, SeenMessage))
        # What it could do once it can do again: a batch may have begun before the fault.
        self.failing[address] -= self.carried_out[address]
        self.disks[address].restore(backup)
        del self.history[address][events:]
        self.on_restored(address)

    def kill(self, seat: Seat) -> None:
        """End a process: what it had only in memory is gone, and the log has yet to miss it."""
        process = self.running.pop(seat, None)
        if process is not None:
            self.missed_by_nobody[seat] = process.reading

    def miss(self, seat: Seat) -> None:
        """Let the log miss a process, dead or not: others are given what it held."""
        reading = self.missed_by_nobody.pop(seat, None)
        if reading is None and seat in self.running:
            reading = self.running[seat].reading
        if reading is not None:
            reading.leave()

    def processes(self, address: Address) -> list[Process]:
        """Return a node's processes that run."""
        seats = self.layout.seats(address)
        return [self.running[seat] for seat in seats if seat in self.running]

    def process(self, address: Address) -> Process:
        """Return a node's first process."""
        return self.running[Seat(address)]

    def waiting_places(self, process: Process) -> list[TopicPartition]:
        """Return the partitions of which a process has something to read just now.

        Of one that it was given anew that is not known.
        """
        broker = self.broker
        if not broker.reachable or not process.machine.consuming:
            return []
        return [
            place
            for place, offset in process.reading.places()
            if (offset is None or offset < len(broker.records[place]))
            and place not in broker.silent
        ]

    def ask(self, address: Address, payload: Any) -> Any:
        """Answer a query at once, or raise its refusal."""
        return answer_of(self.process(address).machine.run([Request(payload, None)]).results[0])

    def record(self, address: Address, record: type[RecordT], *key: str | int) -> RecordT | None:
        """Return what a node keeps under a key, ``None`` where that is nothing."""
        found: RecordT | None = self.disks[address].tables[record].records.get(key)
        return found

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

    def write(self, address: Address, act: Act) -> None:
        """Do something in a transaction of its own, beside the node's processes."""
        disk = self.disks[address]
        unit, before = MemoryStore(disk).begin(), disk.version
        act(unit)
        try:
            unit.commit()
        finally:
            if disk.version != before:
                self._happened(address, Event(self._moment(address), act=act))

    def put(self, address: Address, record: Any) -> None:
        """Write a record in a transaction of its own, beside the node's processes."""
        self.write(address, lambda unit: unit.table(type(record)).put(record))

    def catches_up(self, address: Address) -> bool:
        """Tell whether a process of a node has yet to read what was there when it started."""
        processes = self.processes(address)
        return any(self.look(address, each.machine.catches_up) for each in processes)

    def again(self, address: Address) -> MemoryDisk:
        """Return the disk of a fresh node to which everything happened once, without faults."""
        plan = self.plans[address]
        return again(plan, self.history[address], self.answers)

    def mend(self) -> None:
        """End every fault: all disks take, all connections hold, all processes run."""
        self.broker.reachable, self.broker.spoil_next = True, None
        self.broker.silent.clear()
        for failing in self.failing.values():
            failing.clear()
        for disk in self.disks.values():
            disk.full, disk.connections, disk.fail_next = False, True, None
        for seat in self.seats:
            if seat not in self.running:
                self.start(seat)
        for process in self.running.values():
            if process.under_way is not None:
                process.end()
            if process.reading.outside:
                process.reading.join()

    def settle_down(self) -> None:
        """Let everything that is on its way arrive, and everybody who waits give up."""
        self.mend()
        quiet = rounds = 0
        while quiet < 2:  # a tick after the last message may send another one
            rounds += 1
            if rounds > MAX_ROUNDS:
                raise Violation("never_at_rest", f"messages still move after {rounds} rounds")
            if self._move() or self._work_off():
                quiet = 0
                continue
            quiet = 0 if self._asks_again() else quiet + 1
            self.clock.pass_ms(REST_MS)
            for process in self.running.values():
                process.tick()

    def _asks_again(self) -> bool:
        """Let time pass where a region is still to be asked again; tell whether one is."""
        asking = any(self.rows(at, OpenQuestion) for at in self.plans if at.role is Role.CARE)
        if asking:
            self.clock.pass_ms(ASK_AGAIN_MS)
        return asking

    def _move(self) -> bool:
        moved = False
        for process in self.running.values():
            if process.unpublished:
                moved = process.publish() or moved
            for place in self.waiting_places(process):
                process.read(place, 100)
            if process.queue:
                moved = self._empty(process) or moved
            if process.looks:
                moved = process.look() or moved
        return moved

    def _empty(self, process: Process) -> bool:
        """Work off what a process has; tell whether it went on, and did not hold it all back."""
        before = len(process.queue)
        while process.queue:
            if process.work() is None:
                raise Violation("node_stuck", f"{process.seat}: a batch fails in fair weather")
            if not process.machine.consuming:
                break
        return len(process.queue) < before

    def _work_off(self) -> bool:
        """Let operators see to every letter: replayed where it can be read, else discarded."""
        acted = False
        for address in self.plans:
            letters = [
                row for row in self.rows(address, ParkedRecord) if row.state is LetterState.PARKED
            ]
            unreadable = [row for row in letters if not row.message_id]
            for act in [DiscardDeadLetter(id_of_letter(row), *WHO) for row in unreadable]:
                self.act(self.processes(address)[0], act)
            if letters:
                self.act(self.processes(address)[0], ReplayDeadLetters(*WHO))
                acted = True
        return acted

    def act(self, process: Process, payload: Any) -> Result:
        """Let an operator ask something of a node, at one of its processes.

        Raises ``Unavailable`` where that cannot be written.
        """
        self._acts += 1
        now = self.clocks[process.address].now()
        meta = RequestMeta("operators", f"act-{self._acts}", now)
        return process.run([Request(payload, meta)]).results[0]


def _ignore(_address: Address) -> None:
    """Do nothing about a database that was put back."""


def answer_of(result: Result | Final | None) -> Any:
    """Return an answer's body, or raise the refusal."""
    if isinstance(result, Failed):
        raise result.error
    assert isinstance(result, Answered), result
    return result.body
