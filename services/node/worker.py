"""The thread that owns the databases and runs batches, for all nodes of a process.

One round: take what is waiting, work out one batch for each node concerned while the disk
takes those before it, resolve the answers, hand what is to be sent to the relay. A round takes
what is there (see ``Intake``); the load decides the size of the batches.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from clearing.errors import Conflict, InvariantBroken, Unavailable, YidiError
from clearing.messages import Address
from clearing.ports import Log, TopicPartition
from services.node.command import (
    Command,
    Delivery,
    Failed,
    Final,
    HeldBack,
    Request,
    Waiting,
    internal,
)
from services.node.intake import NO_PATIENCE, Intake, Item, Patience
from services.node.looking import Lookout
from services.node.machine import BatchResult, NodeMachine
from services.node.observer import UNOBSERVED, Observer
from services.node.poison import Bisection, Part, passes
from services.node.progress import Progress
from services.node.relay import Relay, Written
from services.node.shared_machine import SharedMachine
from services.node.waiting import WaitingCalls, resolve

logger = logging.getLogger(__name__)

MAX_UNPUBLISHED = 50_000
"""Beyond so many messages that the log has not taken, no new request is accepted."""

TICK_S = 1.0
BUSY_TICK_S = 0.02
"""While a node does something long a little at a time: what waits in the queue goes between."""

ADOPT_EVERY_TICKS = 5
LOOK_S = 0.05
"""How often rows that wait for those of another process are looked at."""

COMMITTERS = 4
"""Threads that wait for the disk; what they wait for together, file systems write together."""

_Asked = tuple[Address, "Future[dict[TopicPartition, int]]"]


class Worker:
    """Runs the machines of one process. ``submit`` may be called from any thread."""

    def __init__(
        self,
        machines: Sequence[NodeMachine],
        log: Log,
        *,
        capacity: int = 5_000,
        partitions: int = 2,
        patience: Patience = NO_PATIENCE,
        committers: int = COMMITTERS,
        observer: Observer = UNOBSERVED,
    ) -> None:
        """``capacity`` bounds what waits for a round; beyond it ``submit`` says Unavailable.

        ``partitions`` is what a topic gets that nobody has made yet: a region may be written to
        before its node joins the network, and finds the messages when it does. ``patience`` is
        how long a round waits for more commands. ``committers`` threads wait for the databases.
        """
        self._machines = {machine.address: machine for machine in machines}
        self.observer = observer
        self._lookout = Lookout(machines, observer)
        self._progress = Progress(log, self._machines)
        self._relay = Relay(log, partitions=partitions, observer=observer)
        self._relay.give((machine, row) for machine in machines for row in machine.unpublished)
        self._intake = Intake(capacity, patience)
        self._waiting = WaitingCalls(machines)
        self._shared = [each for each in machines if isinstance(each, SharedMachine)]
        self._ticks = 0
        self._asked: queue.SimpleQueue[_Asked] = queue.SimpleQueue()
        self._stopped: frozenset[Address] = frozenset()
        self._lost: frozenset[Address] = frozenset()
        self._committers = ThreadPoolExecutor(committers, "yidi-commit")
        self._thread = threading.Thread(target=self._loop, name="yidi-worker")
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self.on_fatal: Callable[[BaseException], None] | None = None
        self.on_consuming: list[Callable[[Address, bool], None]] = []

    def start(self) -> None:
        """Start the threads."""
        self._relay.on_fatal = self._relay_failed
        self._relay.start()
        self._thread.start()

    @property
    def machines(self) -> Iterable[NodeMachine]:
        """The machines of this process; only their worker runs them."""
        return self._machines.values()

    @property
    def queued(self) -> int:
        """How many requests and deliveries wait for a round, roughly."""
        return len(self._intake)

    def waiting_by_node(self) -> Mapping[Address, int]:
        """Return how many requests wait here for another node's answer."""
        return self._waiting.by_node()

    def outbox(self) -> list[Written]:
        """Return every committed row that the log is not known to have. Any thread may ask."""
        kept = [(machine, row) for machine in self.machines for row in machine.kept_back()]
        return [*self._relay.left(), *kept]

    @property
    def unpublished(self) -> int:
        """How many messages the log is not known to have."""
        return len(self._relay)

    def hosts(self, address: Address) -> bool:
        """Tell whether a node is in this process."""
        return address in self._machines

    @property
    def addresses(self) -> list[Address]:
        """The nodes of this process."""
        return list(self._machines)

    def require(self, address: Address, field: str) -> None:
        """Raise ``Unavailable`` (``node_not_here``) naming ``field`` unless the node is here."""
        if address not in self._machines:
            raise Unavailable(
                "node_not_here",
                f"this process does not host {address}",
                f"本进程未承载节点 {address}",
                field=field,
            )

    def submit(self, address: Address, request: Request) -> Future[Final]:
        """Queue a request; the future gets its answer once that is committed.

        Raises ``Unavailable`` when this process does not host the node or too much waits.
        """
        self.require(address, "header.region")
        future: Future[Final] = Future()
        if len(self._relay) > MAX_UNPUBLISHED:
            raise _overloaded()
        if not self._intake.offer((address, request, future)):
            raise _overloaded()
        if self._ended.is_set():  # looked at after the put: either this or the thread answers it
            self._release_queued()
        return future

    def deliver(
        self, address: Address, delivery: Delivery, given_up: Callable[[], bool] = lambda: False
    ) -> None:
        """Queue a record of the log; waits while the queue is full, which slows the reader.

        Queues nothing once it is ``given_up``, or the worker ends.
        """
        while not (given_up() or self._stopping.is_set() or self._ended.is_set()):
            if self._intake.put((address, delivery, None), 0.5):
                return

    def consumes(self, address: Address) -> bool:
        """Tell whether a node takes records; one with too many parked messages does not."""
        return address not in self._stopped and address not in self._lost

    def lose(self, address: Address) -> None:
        """Note that the log lacks what a node would read next: it takes no records any more."""
        self._lost |= {address}
        for told in self.on_consuming:
            told(address, False)

    def offsets(self, address: Address) -> Future[dict[TopicPartition, int]]:
        """Ask where a node's database stands; the future fails when the worker has ended."""
        future: Future[dict[TopicPartition, int]] = Future()
        self._asked.put((address, future))
        self._intake.wake()
        if self._ended.is_set():
            self._release_queued()
        return future

    def stop(self) -> None:
        """Finish what was taken, publish it, and end the thread. Answers not known yet stay so."""
        self._stopping.set()
        self._intake.wake()  # the loop looks at the event after each round
        self._thread.join()
        self._relay.stop()
        self._mark_published()
        for machine in self._machines.values():
            try:
                machine.close()
            except Exception as error:  # what it could not mark is published once more
                logger.warning("%s: closed unmarked: %s", machine.address, error)

    def _loop(self) -> None:
        next_tick = time.monotonic() + TICK_S
        try:
            while True:
                waits_s = min(next_tick - time.monotonic(), self._looks_within_s())
                items = self._intake.next(waits_s, hurried=self._stopping.is_set())
                self._tell_offsets()
                self._waiting.look()
                self._mark_published()
                self._release_in_turn()
                if items:
                    self._round(items)
                if time.monotonic() >= next_tick:
                    more_to_do = self._tick()
                    next_tick = time.monotonic() + (BUSY_TICK_S if more_to_do else TICK_S)
                if self._stopping.is_set() and not len(self._intake):
                    break  # deliveries that failed are in the log still and come again
        except BaseException as error:
            logger.critical("the worker ends", exc_info=error)
            if self.on_fatal is not None:
                self.on_fatal(error)
        finally:
            self._ended.set()
            self._committers.shutdown()
            self._waiting.release(Failed(_stopping()))
            self._release_queued()

    def _looks_within_s(self) -> float:
        """Return how long the queue may be waited for before there is something to look at."""
        looks_s = self._waiting.looks_within_s()
        keeps_back = any(machine.keeps_back for machine in self._shared)
        return min(TICK_S if looks_s is None else looks_s, LOOK_S if keeps_back else TICK_S)

    def _mark_published(self) -> None:
        """Note what the log has; the rows go with the next commit of their node."""
        for machine, row in self._relay.take_published():
            machine.mark_published([row.sequence])

    def _release_in_turn(self) -> None:
        """Publish rows that waited for those of other processes."""
        for machine in self._shared:
            if not machine.keeps_back:
                continue
            try:
                self._relay.give((machine, row) for row in machine.released())
            except YidiError as error:  # the next look finds them
                logger.warning("%s: whose turn it is is not known: %s", machine.address, error)

    def _relay_failed(self, error: BaseException) -> None:
        if self.on_fatal is not None:
            self.on_fatal(error)

    def _tell_offsets(self) -> None:
        while (asked := self._next_asked()) is not None:
            address, future = asked
            try:
                future.set_result(self._machines[address].offsets())
            except Exception as error:  # whoever asked asks again
                future.set_exception(error)

    def _next_asked(self) -> _Asked | None:
        try:
            return self._asked.get_nowait()
        except queue.Empty:
            return None

    def _round(self, items: list[Item]) -> None:
        by_node: dict[Address, list[Item]] = {}
        for item in items:
            by_node.setdefault(item[0], []).append(item)
        last = next(reversed(by_node))
        commits = []
        for address, batch in by_node.items():
            machine = self._machines[address]
            commits.append((machine, batch, self._commit_of(machine, batch, address == last)))
        broken: list[InvariantBroken] = []
        for machine, batch, commit in commits:
            try:
                self._end(machine, batch, commit)
            except InvariantBroken as error:
                broken.append(error)  # the others' batches stand, and their callers are told
        self._progress.tell()
        if broken:
            raise broken[0]

    def _commit_of(
        self, machine: NodeMachine, batch: list[Item], is_last: bool
    ) -> Future[BatchResult]:
        """Work a node's batch out; it becomes durable while the next node's is worked out.

        Where a server holds the databases, most of a small batch is waiting for it: there the
        batches of a round are worked out side by side, each on its node's own connection. The
        last one is worked out here: most small rounds are of one batch, and need nobody else.
        """
        commands = [command for _, command, _ in batch]
        if isinstance(machine, SharedMachine) and not is_last:
            return self._committers.submit(machine.run, commands)
        try:
            if isinstance(machine, SharedMachine):
                return _done(machine.run(commands))
            opened = machine.open(commands)
        except Exception as error:
            failed: Future[BatchResult] = Future()
            failed.set_exception(error)
            return failed
        return self._committers.submit(opened.commit)

    def _end(self, machine: NodeMachine, batch: list[Item], commit: Future[BatchResult]) -> None:
        try:
            result = commit.result()
        except InvariantBroken as error:
            for _, _, future in batch:
                if future is not None:
                    resolve(future, Failed(error))
            raise
        except Exception as error:
            _note(machine, "the batch", error)
            if passes(error):
                self._batch_failed(batch, error)
            else:
                self._run_apart(machine, batch, error)
            return
        self._hold(machine, self._committed(machine, batch, result))

    def _run_apart(self, machine: NodeMachine, batch: Sequence[Item], error: Exception) -> None:
        """Find the command that makes a batch fail every time; the others are carried out.

        Once one is held back all later messages are, even where somebody has acted meanwhile:
        the offset must not pass it. Raises ``InvariantBroken``.
        """
        bisection = Bisection(batch)
        held_back: list[Item] = []
        for part in bisection:
            try:
                held_back += self._run_part(machine, part, error)
                if held_back:
                    held_back += bisection.take_out(lambda item: item[2] is None)
            except InvariantBroken as broken:
                for _, _, future in (*part.items, *bisection.left()):
                    if future is not None:
                        resolve(future, Failed(broken))
                raise
            except Exception as failure:
                error = failure
                if passes(failure) or part.failed_alone:
                    self._batch_failed([*held_back, *part.items, *bisection.left()], failure)
                    return
                bisection.cut(part)
        self._hold(machine, held_back)

    def _run_part(self, machine: NodeMachine, part: Part[Item], error: Exception) -> list[Item]:
        """Run a part once more, or do without the one command that is known to be at fault.

        Returns what is held back.
        """
        if not part.failed_alone:
            result = machine.run([command for _, command, _ in part.items])
            return self._committed(machine, part.items, result)
        ((_, command, future),) = part.items
        if isinstance(command, Delivery):
            logger.error("%s parks what it cannot commit: %s", machine.address, error)
            parked = machine.park(command, error, part.failures)
            return self._committed(machine, part.items, parked)
        logger.error("%s cannot commit a request: %s", machine.address, error)
        assert future is not None
        resolve(future, Failed(internal()))
        return []

    def _committed(
        self, machine: NodeMachine, batch: Sequence[Item], result: BatchResult
    ) -> list[Item]:
        """Tell whoever waits what a committed batch came to, and what is to be published.

        Returns what is held back, which must come again before anything behind it.
        """
        consumed: list[Command] = []
        held_back: list[Item] = []
        for item, outcome in zip(batch, result.results, strict=True):
            _, command, future = item
            if future is None:
                if isinstance(outcome, HeldBack):
                    held_back.append(item)
                else:
                    consumed.append(command)
                continue
            if isinstance(outcome, Waiting):
                self._waiting.add(machine.address, outcome, future)
            else:
                resolve(future, outcome)  # type: ignore[arg-type]  # a request never gives Consumed
        self._intake.again.succeeded(machine.address)
        self._tell_consuming(machine)
        self._progress.note(consumed)
        self._absorb(machine, result)
        return held_back

    def _hold(self, machine: NodeMachine, held_back: list[Item]) -> None:
        if held_back:
            self._intake.again.hold(machine.address, held_back, time.monotonic())

    def _tell_consuming(self, machine: NodeMachine) -> None:
        if machine.consuming == (machine.address not in self._stopped):
            return
        self._stopped ^= {machine.address}
        for told in self.on_consuming:
            told(machine.address, self.consumes(machine.address))

    def _absorb(self, machine: NodeMachine, result: BatchResult) -> None:
        self._waiting.complete(machine.address, result.completed)
        self._relay.give((machine, row) for row in machine.in_turn(result))

    def _batch_failed(self, batch: Sequence[Item], error: Exception) -> None:
        """Tell requests to come again; deliveries are tried again, in order, before new ones.

        Requests of a batch that lost against another process's are tried again like deliveries.
        """
        again: list[Item] = []
        lost = isinstance(error, Conflict) and passes(error)
        refusal = (
            error
            if isinstance(error, YidiError)
            else Unavailable("store_failed", "the database did not take it", "数据库暂不可用")
        )
        for item in batch:
            if item[2] is not None and not lost:
                resolve(item[2], Failed(refusal))
            else:
                again.append(item)
        if again:
            self._intake.again.retry(batch[0][0], again, time.monotonic())

    def _tick(self) -> bool:
        """Let every node look at its clock; tell whether one has more to do at once."""
        idle, more_to_do = not len(self._intake), False
        for machine in self._machines.values():
            try:
                result = machine.tick()
                self._tell_consuming(machine)
                self._absorb(machine, result)
                more_to_do = more_to_do or result.more_to_do
                if idle:
                    machine.flush_published()
            except InvariantBroken:
                raise
            except Exception as error:  # it had no effect; the next tick looks again
                _note(machine, "the tick", error)
        self._adopt()
        self._lookout.look()
        return more_to_do

    def _adopt(self) -> None:
        """Publish what processes that ended have left; not while the log is away."""
        self._ticks += 1
        if self._ticks % ADOPT_EVERY_TICKS or self._relay.is_behind:
            return
        for machine in self._shared:
            try:
                self._relay.give((machine, row) for row in machine.leftovers())
            except YidiError as error:  # the next time finds them
                logger.warning("%s: leftovers cannot be read: %s", machine.address, error)

    def _release_queued(self) -> None:
        while (asked := self._next_asked()) is not None:
            asked[1].set_exception(_stopping())
        for _, _, future in self._intake.take_all():
            if future is not None:
                resolve(future, Failed(_stopping()))


def _done(result: BatchResult) -> Future[BatchResult]:
    done: Future[BatchResult] = Future()
    done.set_result(result)
    return done


def _note(machine: NodeMachine, what: str, error: Exception) -> None:
    """Log a transaction without effect; that another process was quicker is no fault."""
    machine.observer.without_effect(machine.address, error)
    if isinstance(error, Conflict) and passes(error):
        logger.info("%s: %s is worked out again: %s", machine.address, what, error)
    else:
        logger.error("%s: %s had no effect", machine.address, what, exc_info=error)


def _overloaded() -> Unavailable:
    return Unavailable(
        "overloaded", "too many requests are waiting; repeat later", "请求过多, 请稍后重试"
    )


def _stopping() -> Unavailable:
    return Unavailable(
        "node_stopping", "the node is stopping; ask again", "节点正在停止, 请稍后查询"
    )
