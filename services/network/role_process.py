"""A process that hosts the nodes of one role, on a broker and a database server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from adapters.broker.log import BrokerLog
from adapters.db.postgres import Postgres
from adapters.db.store import SqlStore
from adapters.host.clock import SystemClock
from adapters.host.ids import TimeOrderedIds
from adapters.wire.envelopes import decode_envelope
from clearing.errors import Rejected
from clearing.messages import HOUSE, Address, Role
from clearing.ports import Clock, Ids, Log
from services.network.directory import GrpcDirectory
from services.network.process_settings import ProcessSettings
from services.network.roles import SERVICES, SPECS, Roles
from services.network.serving import RoleServer
from services.network.topic_plan import network_topics
from services.network.topic_rights import rights_of
from services.node import topics
from services.node.catching_up import ends_of
from services.node.intake import Patience
from services.node.observer import UNOBSERVED
from services.node.poller import Poller
from services.node.shared_machine import SharedMachine
from services.node.worker import Worker
from services.observing.process import Observing

PATIENCE = Patience(hop_s=0.01, other_s=0.04)
"""How long commands wait for others at a busy counter, where several share what one would cost.
At 50 visits a second (one run each) care nodes worked out 78 batches a second, 94 with 0.01 for
both; insured nodes 71, and 91."""

FETCH_GATHERS_MS = {Role.CARE: 0, Role.INSURED: 0, Role.HOUSE: 100}
"""How long the broker waits for more than one message. Nobody waits for what the house is told:
at 25 visits a second it took 2.4 ms of its processor time for a visit so, and 5.9 before."""

WORKING = 2
"""Batches that are worked out side by side: one while another waits for its database. With
three nodes a process, full visits a second, one run each: 130 with 1, 140 with 2, 119 with 4,
whose threads wait for each other's turn with the interpreter."""


class RoleProcess:
    """Opens everything in order, serves, and closes it in the opposite order.

    Any number of processes may host the same nodes, each in a slot of its own: they share the
    partitions of the nodes' topics, and one database for each node.
    """

    def __init__(self, settings: ProcessSettings) -> None:
        """Read the rules and take the port; nothing else is opened.

        Raises ``RuleDataError`` when rule files have defects, ``RuleError`` for a region without
        rules, ``Unavailable`` (``port_in_use``).
        """
        self._settings = settings
        self._clock: Clock = SystemClock()
        self._ids: Ids = TimeOrderedIds(self._clock)
        self._roles = Roles(settings.rules, max_waiting=settings.max_waiting)
        self.on_fatal: Callable[[BaseException], None] | None = None
        self._directory: GrpcDirectory | None = None
        self._server: RoleServer | None = None
        self._machines: list[SharedMachine] = []
        self._log: Log | None = None
        self._worker: Worker | None = None
        self._poller: Poller | None = None
        self._observing: Observing | None = None

    @property
    def nodes(self) -> list[Address]:
        """The nodes this process hosts."""
        return [node.address for node in self._machines]

    @property
    def metrics_address(self) -> str:
        """Where its figures are told, as ``host:port``; ``""`` where they are not."""
        return "" if self._observing is None else self._observing.address

    async def start(self) -> str:
        """Connect, start the threads, then serve; return where, as ``host:port``.

        Raises ``Rejected`` (``topic_unknown``) where topics that its nodes use are not made, or
        for one that is made otherwise than promised, ``Malformed`` where the broker does not let
        it in, and ``Unavailable`` when the broker or the database does not answer.
        """
        try:
            return await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> str:
        self._server = RoleServer(self._settings.host, self._settings.port)
        addresses = self._roles.addresses(self._settings.role, self._settings.regions or None)
        wanted = self._settings.topics
        log = self._log = BrokerLog(
            self._settings.broker,
            in_sync=wanted.in_sync,
            keep_ms=wanted.keep_ms,
            gather_ms=FETCH_GATHERS_MS[self._settings.role],
        )
        self._require_topics(log, addresses)
        for address in addresses:
            machine = self._machine(address)
            self._machines.append(machine)
            machine.catch_up(ends_of(log, topics.read_by(address)))
        observing = self._observe()
        worker = self._worker = Worker(
            self._machines,
            log,
            patience=PATIENCE,
            committers=WORKING - 1,  # and the worker itself
            observer=UNOBSERVED if observing is None else observing.observer,
        )
        worker.on_fatal = self.on_fatal
        worker.start()
        slot = str(self._settings.slot)
        self._poller = Poller(log, self._machines, worker, decode_envelope, name=slot)
        self._poller.start()
        if observing is not None:
            observing.watch(worker, self._poller, self._clock)
        await self._serve(self._server, worker)
        return self._server.address

    async def stop(self) -> None:
        """Say so, let calls end, stop reading, flush, close."""
        if self._server is not None:
            await self._server.announce_end()
            if self._poller is not None:
                await asyncio.sleep(self._settings.drain_s)
            await self._server.stop()
        if self._directory is not None:
            await self._directory.close()
        if self._poller is not None:
            await asyncio.to_thread(self._poller.stop)
        if self._worker is not None:
            await asyncio.to_thread(self._worker.stop)
        else:
            for machine in self._machines:
                machine.close()
        if self._log is not None:
            await asyncio.to_thread(self._log.close)
        if self._observing is not None:
            await asyncio.to_thread(self._observing.close)

    def _observe(self) -> Observing | None:
        settings = self._settings
        if settings.metrics_listen:
            self._observing = Observing(settings.metrics_listen, settings.role, settings.slot)
        return self._observing

    def _require_topics(self, log: BrokerLog, addresses: Sequence[Address]) -> None:
        """Refuse to start beside topics that are missing: nobody makes them on the way."""
        books, wanted = self._roles.books, self._settings.topics
        care, insured = books.care_regions(), books.insured_regions()
        rights = [rights_of(at, care, insured) for at in addresses]
        reads = {name for each in rights for name in each.reads}
        writes = {name for each in rights for name in each.writes}
        partitions = {plan.name: plan.partitions for plan in network_topics(care, insured, wanted)}
        missing = []
        for name in sorted(reads | writes):
            try:
                log.require_usable(
                    name, partitions[name], reads=name in reads, writes=name in writes
                )
            except Rejected as error:
                if error.code != "topic_unknown":
                    raise
                missing.append(name)
        if missing:
            raise Rejected(
                "topic_unknown",
                f"the broker lacks {', '.join(missing)}: yidi topics apply makes them",
                f"消息主题缺失: {', '.join(missing)}; 请先执行 yidi topics apply",
            )

    def _machine(self, address: Address) -> SharedMachine:
        machine = self._roles.machine(
            address,
            self._open_store(address),
            self._clock,
            self._ids,
            replaying=self._settings.replay,
            parking=self._settings.parking,
            kind=SharedMachine,
            process=str(self._settings.slot),
        )
        assert isinstance(machine, SharedMachine)
        return machine

    def _open_store(self, address: Address) -> SqlStore:
        schema = schema_of(address, self._settings.schema_prefix)
        specs = SPECS[address.role]
        return SqlStore(Postgres(self._settings.database_url, schema), specs, line=address.role)

    async def _serve(self, server: RoleServer, worker: Worker) -> None:
        role = self._settings.role
        directory = self._directory = GrpcDirectory(
            self._roles.region_nodes(), self._settings.care, self._settings.insured
        )
        await server.start(
            SERVICES[role],
            self._roles.endpoints[role],
            worker,
            self._roles.composed(
                role,
                directory,
                self._clock.now,
                worker.hosts,
                # Opened once more, to verify it beside the worker.
                lambda: self._open_store(HOUSE),
            ),
            self._settings.answer_within_s,
        )


def schema_of(address: Address, prefix: str) -> str:
    """Return the schema that holds a node's tables."""
    name = str(address.role) if address.role is Role.HOUSE else f"{address.role}_{address.region}"
    return f"{prefix}{name}"
