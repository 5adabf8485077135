"""The thread that reads the log and hands its records to the worker."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from clearing.errors import Rejected, YidiError
from clearing.messages import Address, Envelope
from clearing.ports import Log, LogRecord, TopicPartition
from services.node import topics
from services.node.catching_up import ends_of
from services.node.command import Delivery
from services.node.machine import NodeMachine
from services.node.reading_group import group_of
from services.node.worker import Worker

logger = logging.getLogger(__name__)

POLL_LIMIT = 1_000
WAIT_S = 0.5
LAG_WITHIN_S = 1.0
"""How long a database is asked where a node stands that takes nothing."""

Offsets = dict[TopicPartition, int]


class Poller:
    """Reads every topic that a process's nodes read, from where their databases stand.

    One reader serves all nodes of the process. Processes with the same nodes are a group: the
    log shares the partitions out among them, and whenever one is given, the databases of the
    nodes that read it say where to begin. A topic that several nodes read begins where the
    last of them stands; what comes before its own place no node is given.
    """

    def __init__(
        self,
        log: Log,
        machines: Sequence[NodeMachine],
        worker: Worker,
        decode_envelope: Callable[[bytes], Envelope],
        *,
        name: str = "1",
    ) -> None:
        """``name`` tells this process from others with the same nodes, from start to start."""
        self._log = log
        self._worker = worker
        self._decode = decode_envelope
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="yidi-poller")
        self._nodes = [machine.address for machine in machines]
        self._nodes_of: dict[str, list[Address]] = {}
        for node in self._nodes:
            for topic in topics.read_by(node):
                self._nodes_of.setdefault(topic, []).append(node)
        # Where each node began, in partitions that several read.
        self._begins: dict[TopicPartition, dict[Address, int]] = {}
        # Nodes that had stopped when a record came that several read: they lack it.
        self._missed: set[Address] = set()
        self._reader = log.join(group_of(self._nodes), name, list(self._nodes_of))

    def lag(self) -> Iterator[tuple[Address, TopicPartition, int]]:
        """Yield how many records known of here each node has yet to be given. Any thread may ask.

        As the reader knows it; of a node that stopped consuming, how many there are in the log
        behind where its database stands.
        """
        lag = self._reader.lag()
        stopped = {node for node in self._nodes if not self._worker.consumes(node)}
        behind = self._behind(lag, stopped)
        for place, records in lag.items():
            for node in self._nodes_of[place.topic]:
                yield node, place, behind.get((node, place), records)

    def _behind(
        self, places: Iterable[TopicPartition], nodes: AbstractSet[Address]
    ) -> dict[tuple[Address, TopicPartition], int]:
        """Return what nodes lack that take nothing: what was fetched for them is no measure."""
        asked = {node: self._worker.offsets(node) for node in nodes}
        wanted = {place.topic for place in places if nodes & set(self._nodes_of[place.topic])}
        try:
            stands = {node: future.result(LAG_WITHIN_S) for node, future in asked.items()}
            ends = ends_of(self._log, wanted)
        except (YidiError, TimeoutError):
            return {}
        return {
            (node, place): max(ends[place] - stands[node].get(place, 0), 0)
            for place in places
            for node in nodes & set(self._nodes_of[place.topic])
            if place in ends
        }

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what was read and not processed is read again next time.

        The reader stays until the log is closed: what the worker finishes is still committed.
        """
        self._stopping.set()
        self._thread.join()

    def _loop(self) -> None:
        mark = 0
        try:
            while not self._stopping.is_set():
                mark = self._log.wait(mark, WAIT_S)
                while self._read_once() and not self._stopping.is_set():
                    pass
        except Exception as error:
            logger.critical("the poller ends", exc_info=True)
            if self._worker.on_fatal is not None:
                self._worker.on_fatal(error)

    def _read_once(self) -> bool:
        """Place what was given and hand over what came; tell whether there was anything."""
        unplaced = self._reader.unplaced()
        found = bool(unplaced) and self._place(unplaced)
        stopped = {node for node in self._nodes if not self._worker.consumes(node)}
        if self._missed - stopped:
            self._go_back()
        try:
            records = self._reader.read(POLL_LIMIT, self._left_out(stopped))
        except Rejected as error:
            if error.code != "offset_out_of_range" or error.field not in self._nodes_of:
                raise
            self._lose(self._nodes_of[error.field], error)
            return True
        for record in records:
            self._hand_over(record, stopped)
        return found or bool(records)

    def _lose(self, nodes: Iterable[Address], error: Rejected) -> None:
        """Read nothing more for nodes that would miss what the log no longer has.

        A person has to see to it, and to start the process again; other nodes go on.
        """
        for node in nodes:
            logger.critical("%s reads nothing more: %s", node, error)
            self._worker.lose(node)

    def _left_out(self, stopped: AbstractSet[Address]) -> frozenset[str]:
        """Return the topics that nobody takes now; the log keeps what comes for them."""
        if not stopped:
            return frozenset()
        return frozenset(topic for topic, nodes in self._nodes_of.items() if stopped >= set(nodes))

    def _hand_over(self, record: LogRecord, stopped: AbstractSet[Address]) -> None:
        delivery, nodes = self._delivery(record), self._nodes_of[record.topic]
        if len(nodes) == 1:
            self._worker.deliver(nodes[0], delivery, self._stopping.is_set)
            return
        begins = self._begins[TopicPartition(record.topic, record.partition)]
        self._missed |= stopped & set(nodes)
        for node in nodes:
            if node not in self._missed and record.offset >= begins[node]:
                self._worker.deliver(node, delivery, self._stopping.is_set)

    def _go_back(self) -> None:
        """Read shared topics once more for nodes that consume again, from where those stand."""
        shared = {place for place in self._reader.held() if len(self._nodes_of[place.topic]) > 1}
        if self._place(shared):
            self._missed.clear()  # one that is still stopped misses the next record again

    def _place(self, places: AbstractSet[TopicPartition]) -> bool:
        """Begin where the databases say; tell whether all of them answered."""
        asked = {node for place in places for node in self._nodes_of[place.topic]}
        stands = self._ask(asked)
        begins = {
            place: {node: stands[node].get(place, 0) for node in self._nodes_of[place.topic]}
            for place in places
            if stands.keys() >= set(self._nodes_of[place.topic])
        }
        self._begins |= {place: each for place, each in begins.items() if len(each) > 1}
        self._reader.place({place: min(each.values()) for place, each in begins.items()})
        return len(begins) == len(places)

    def _ask(self, nodes: Iterable[Address]) -> dict[Address, Offsets]:
        """Return where these nodes stand, without those whose database does not answer."""
        stands: dict[Address, Offsets] = {}
        for node, future in {node: self._worker.offsets(node) for node in nodes}.items():
            while not self._stopping.is_set():
                try:
                    stands[node] = future.result(WAIT_S)
                except TimeoutError:
                    continue
                except YidiError as error:
                    logger.warning("%s: where it stands is not known: %s", node, error)
                break
        return stands

    def _delivery(self, record: LogRecord) -> Delivery:
        try:
            return Delivery(record, self._decode(record.value))
        except YidiError as error:
            return Delivery(record, None, error)
