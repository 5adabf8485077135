"""The figures of one process: what is counted, what is read, and where both are told."""

from __future__ import annotations

from adapters.telemetry.endpoint import MetricsEndpoint
from adapters.telemetry.instruments import Instruments
from clearing.messages import Role
from clearing.ports import Clock
from services.node.observer import Observer
from services.node.poller import Poller
from services.node.worker import Worker
from services.observing.gauges import ProcessGauges
from services.observing.metered import Metered


class Observing:
    """Listens from the beginning; tells of the worker and the poller once it watches them."""

    def __init__(self, listen: str, role: Role, slot: int) -> None:
        """``listen`` is ``host:port``. Raises ``Unavailable`` (``port_in_use``)."""
        host, _, port = listen.rpartition(":")
        self._label = (str(role), str(slot))
        self._instruments = Instruments()
        self.observer: Observer = Metered(self._instruments)
        self._endpoint = MetricsEndpoint(self._instruments, host, int(port))

    @property
    def address(self) -> str:
        """Where the figures are told, as ``host:port``."""
        return self._endpoint.address

    def watch(self, worker: Worker, poller: Poller, clock: Clock) -> None:
        """Read gauges from these whenever somebody asks."""
        gauges = ProcessGauges(self._label, worker, poller, clock)
        self._instruments.read_by(gauges.read)

    def close(self) -> None:
        """Stop listening."""
        self._endpoint.close()
