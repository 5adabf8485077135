"""The thread that reads the log and hands its records to the worker."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from clearing.errors import YidiError
from clearing.messages import Address, Envelope
from clearing.ports import Log, LogRecord, Reader, TopicPartition
from services.node import topics
from services.node.command import Delivery
from services.node.machine import NodeMachine
from services.node.worker import Worker

logger = logging.getLogger(__name__)

POLL_LIMIT = 500
WAIT_S = 0.5


class Poller:
    """Reads every topic that a process's nodes read, from where their databases stand.

    A node's processes are a group of readers: the log shares the partitions out among them, and
    whenever one is given, the node's own database says where to begin.
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
        # A topic that several nodes read (the journal's heads) has a reader for each.
        self._readers: dict[Address, Reader] = {
            machine.address: log.join(str(machine.address), name, topics.read_by(machine.address))
            for machine in machines
        }

    @property
    def readers(self) -> Mapping[Address, Reader]:
        """The reader of each node."""
        return self._readers

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what was read and not processed is read again next time.

        The readers stay until the log is closed: what the worker finishes is still committed.
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
        except Exception:
            logger.critical("the poller ends", exc_info=True)
            if self._worker.on_fatal is not None:
                self._worker.on_fatal(RuntimeError("the poller ended"))

    def _read_once(self) -> bool:
        found = False
        for address, reader in self._readers.items():
            unplaced = reader.unplaced()
            if unplaced:
                found = self._place(address, reader, unplaced) or found
            if not self._worker.consumes(address):
                continue  # the log keeps what comes; a person has to act first
            records = reader.read(POLL_LIMIT)
            for record in records:
                self._worker.deliver(address, self._delivery(record))
            found = found or bool(records)
        return found

    def _place(self, address: Address, reader: Reader, places: AbstractSet[TopicPartition]) -> bool:
        """Ask the node's database where these partitions stand; tell whether it answered."""
        asked = self._worker.offsets(address)
        while not self._stopping.is_set():
            try:
                known = asked.result(WAIT_S)
            except TimeoutError:
                continue
            except YidiError as error:
                logger.warning("%s: where it stands is not known: %s", address, error)
                return False
            reader.place({place: known.get(place, 0) for place in places})
            return True
        return False

    def _delivery(self, record: LogRecord) -> Delivery:
        try:
            return Delivery(record, self._decode(record.value))
        except YidiError as error:
            return Delivery(record, None, error)
