"""What is read of a running process when somebody asks: plain attributes, no database, no broker.

Called in other threads than those that change what is read: each reading is right by itself,
and two of them may be a batch apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.telemetry import catalogue
from adapters.telemetry.instruments import Reading
from clearing.messages import Address
from clearing.ports import Clock
from services.node.poller import Poller
from services.node.worker import Worker


class ProcessGauges:
    """The gauges of one process."""

    def __init__(
        self,
        process: tuple[str, str],
        worker: Worker,
        poller: Poller,
        clock: Clock,
    ) -> None:
        """``process`` is its role and its slot."""
        self._process = process
        self._worker = worker
        self._poller = poller
        self._clock = clock

    def read(self) -> Iterator[Reading]:
        """Yield every gauge with its value just now."""
        yield catalogue.PROCESS, self._process, 1
        yield catalogue.QUEUE, (), self._worker.queued
        yield from self._nodes()
        yield from self._outboxes()
        yield from self._lags()

    def _nodes(self) -> Iterator[Reading]:
        waiting = self._worker.waiting_by_node()
        for machine in self._worker.machines:
            label = (str(machine.address),)
            yield catalogue.WAITING, label, waiting.get(machine.address, 0)
            yield catalogue.CONSUMING, label, int(self._worker.consumes(machine.address))
            yield catalogue.HALTED, label, int(machine.halted)

    def _outboxes(self) -> Iterator[Reading]:
        rows: dict[Address, int] = {}
        oldest: dict[Address, int] = {}
        for machine, row in self._worker.outbox():
            node = machine.address
            rows[node] = rows.get(node, 0) + 1
            oldest[node] = min(oldest.get(node, row.written_at), row.written_at)
        now = self._clock.now()
        for node in self._worker.addresses:
            age_ms = max(now - oldest.get(node, now), 0)
            yield catalogue.OUTBOX_ROWS, (str(node),), rows.get(node, 0)
            yield catalogue.OUTBOX_AGE, (str(node),), age_ms / 1000

    def _lags(self) -> Iterator[Reading]:
        for node, place, records in self._poller.lag():
            label = (str(node), place.topic, str(place.partition))
            yield catalogue.LAG, label, records
