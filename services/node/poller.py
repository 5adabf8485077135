"""The thread that reads the log and hands its records to the worker."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from clearing.errors import YidiError
from clearing.messages import Address, Envelope
from clearing.ports import Log, LogRecord, TopicPartition
from services.node import topics
from services.node.command import Delivery
from services.node.machine import NodeMachine
from services.node.worker import Worker

logger = logging.getLogger(__name__)

POLL_LIMIT = 500
WAIT_S = 0.5


class Poller:
    """Reads every topic that a process's nodes read, from where their databases stand."""

    def __init__(
        self,
        log: Log,
        machines: Sequence[NodeMachine],
        worker: Worker,
        decode_envelope: Callable[[bytes], Envelope],
    ) -> None:
        self._log = log
        self._worker = worker
        self._decode = decode_envelope
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="yidi-poller")
        # A topic that several nodes read (the journal's heads) has one position for each.
        self._readers: dict[Address, dict[TopicPartition, int]] = {}
        for machine in machines:
            known = machine.offsets()
            self._readers[machine.address] = {
                position: known.get(position, 0)
                for topic in topics.read_by(machine.address)
                for position in log.partitions(topic)
            }

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what was read and not processed is read again next time."""
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
        for address, positions in self._readers.items():
            records = self._log.poll(positions, POLL_LIMIT)
            for record in records:
                self._worker.deliver(address, self._delivery(record))
                positions[TopicPartition(record.topic, record.partition)] = record.offset + 1
            found = found or bool(records)
        return found

    def _delivery(self, record: LogRecord) -> Delivery:
        try:
            return Delivery(record, self._decode(record.value))
        except YidiError as error:
            return Delivery(record, None, error)
