"""All nodes of a network in one process: databases, log, machines, threads, gRPC servers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adapters.db.store import SqlStore
from adapters.embedded.faults import FaultyLog
from adapters.embedded.log import EmbeddedLog
from adapters.host.clock import SystemClock
from adapters.host.ids import TimeOrderedIds
from adapters.wire.envelopes import decode_envelope
from clearing.benefits.policies import Library
from clearing.messages import HOUSE, Address, Role
from clearing.ports import Clock, Ids, Log
from services.network.directory import GrpcDirectory
from services.network.roles import CARE_SERVICE, INSURED_SERVICE, SERVICES, SPECS, Roles
from services.network.serving import RoleServer
from services.network.settings import NetworkSettings
from services.network.targets import Targets
from services.node import topics
from services.node.catching_up import ends_of
from services.node.machine import NodeMachine
from services.node.poller import Poller
from services.node.worker import Worker

__all__ = ["CARE_SERVICE", "INSURED_SERVICE", "Addresses", "Network", "database_of"]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the three services listen, as ``host:port``."""

    care: str
    insured: str
    house: str


class Network:
    """Opens everything in order, serves, and closes it in the opposite order.

    Opening raises ``Rejected`` (``data_in_use``) when another process has the folder, and
    ``RuleDataError`` when rule files have defects.
    """

    def __init__(self, settings: NetworkSettings) -> None:
        self._settings = settings
        self._clock: Clock = SystemClock()
        self._ids: Ids = TimeOrderedIds(self._clock)
        self._roles = Roles(settings.rules, max_waiting=settings.max_waiting)
        self.on_fatal: Callable[[BaseException], None] | None = None
        self._log = self._open_log()
        self._directory: GrpcDirectory | None = None
        self._servers: dict[Role, RoleServer] = {}
        self._machines: list[NodeMachine] = []

    async def start(self) -> Addresses:
        """Open the databases, start the threads, then serve."""
        self._machines = self._build_machines()
        for node in self._machines:
            for topic in topics.read_by(node.address):
                topics.make_where_missing(self._log, topic, self._settings.partitions)
            node.catch_up(ends_of(self._log, topics.read_by(node.address)))
        self.worker = Worker(self._machines, self._log, partitions=self._settings.partitions)
        self.worker.on_fatal = self.on_fatal
        self._poller = Poller(self._log, self._machines, self.worker, decode_envelope)
        self.worker.start()
        self._poller.start()
        try:
            return await self._serve()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Refuse new calls, let the running ones end, flush, close."""
        for server in self._servers.values():
            await server.announce_end()
        for server in self._servers.values():
            await server.stop()
        if self._directory is not None:
            await self._directory.close()
        self._poller.stop()
        self.worker.stop()
        self._log.close()

    @property
    def nodes(self) -> list[Address]:
        """The nodes this process hosts."""
        return [node.address for node in self._machines]

    @property
    def policies(self) -> Library:
        """The policies that the nodes decide by."""
        return self._roles.books.policies

    def _open_log(self) -> Log:
        log: Log = EmbeddedLog(self._settings.data / "log" / "log.sqlite3", self._clock)
        faults = self._settings.log_faults
        if faults is None:
            return log
        return FaultyLog(
            log,
            faults.seed,
            repeat_every=faults.repeat_every,
            unconfirmed_every=faults.unconfirmed_every,
            lose_every=faults.lose_every,
        )

    def _build_machines(self) -> list[NodeMachine]:
        hosted = {Role.INSURED: self._settings.hosted_insured}
        return [
            self._roles.machine(
                address,
                self._open_store(address),
                self._clock,
                self._ids,
                replaying=self._settings.replaying,
                parking=self._settings.parking,
            )
            for role in (Role.CARE, Role.INSURED, Role.HOUSE)
            for address in self._roles.addresses(role, hosted.get(role))
        ]

    def _open_store(self, address: Address) -> SqlStore:
        path = database_of(self._settings.data, address)
        return SqlStore(path, SPECS[address.role], line=str(address.role))

    async def _serve(self) -> Addresses:
        settings = self._settings
        ports = {
            Role.CARE: settings.care_port,
            Role.INSURED: settings.insured_port,
            Role.HOUSE: settings.house_port,
        }
        self._servers = {role: RoleServer(settings.host, port) for role, port in ports.items()}
        at = {role: server.address for role, server in self._servers.items()}
        nodes = [node for node in self.nodes if node.role is not Role.HOUSE]
        self._directory = GrpcDirectory(
            nodes, Targets((at[Role.CARE],)), Targets((at[Role.INSURED],))
        )
        for role, server in self._servers.items():
            await server.start(
                SERVICES[role],
                self._roles.endpoints[role],
                self.worker,
                self._roles.composed(
                    role,
                    self._directory,
                    self._clock.now,
                    self.worker.hosts,
                    # Opened once more, to verify it beside the worker.
                    lambda: self._open_store(HOUSE),
                ),
                settings.answer_within_s,
            )
        return Addresses(at[Role.CARE], at[Role.INSURED], at[Role.HOUSE])


def database_of(data: Path, address: Address) -> Path:
    """Return the file of a node's database under the folder that holds all state."""
    if address.role is Role.HOUSE:
        return data / "house.sqlite3"
    return data / str(address.role) / f"{address.region}.sqlite3"
