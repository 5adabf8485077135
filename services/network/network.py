"""All nodes of a network in one process: databases, log, machines, threads, gRPC servers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from adapters.db.store import SqlStore
from adapters.embedded.faults import FaultyLog
from adapters.embedded.log import EmbeddedLog
from adapters.files.rule_books import RuleBooks
from adapters.host.clock import SystemClock
from adapters.host.ids import TimeOrderedIds
from adapters.wire.envelopes import decode_envelope, encode_envelope
from clearing.benefits.policies import Library
from clearing.catalogue import Catalogue
from clearing.errors import RuleError, Unavailable
from clearing.messages import HOUSE, Address, Role
from clearing.ports import Clock, Ids, Log, TableSpec
from protos.care.v1 import care_pb2
from protos.insured.v1 import insured_pb2
from services.care_region import records as care_records
from services.care_region import service as care_service
from services.care_region.queries import Queries
from services.clearing_house import role as house_service
from services.insured_region import records as insured_records
from services.insured_region import service as insured_service
from services.insured_region.bundle_check import BundleReader
from services.insured_region.reading_ahead import read_ahead
from services.insured_region.rules import RegionRules
from services.network.directory import GrpcDirectory
from services.network.settings import NetworkSettings
from services.node import machine, topics
from services.node.endpoints import BoundEndpoint, EndpointAnswers, bind
from services.node.machine import NodeMachine
from services.node.poller import Poller
from services.node.rpc import RpcService
from services.node.worker import Worker

logger = logging.getLogger(__name__)

CARE_SERVICE = care_pb2.DESCRIPTOR.services_by_name["CareRegionService"]
INSURED_SERVICE = insured_pb2.DESCRIPTOR.services_by_name["InsuredRegionService"]

_SERVER_OPTIONS = [("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", 16 << 20)]
STOP_GRACE_S = 5.0


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
        self._books = RuleBooks(settings.rules)
        self._reader = BundleReader(self._books.shared_texts())
        self._endpoints = {
            Role.CARE: bind(Role.CARE, CARE_SERVICE, care_service.ENDPOINTS),
            Role.INSURED: bind(Role.INSURED, INSURED_SERVICE, insured_service.ENDPOINTS),
            Role.HOUSE: house_service.endpoints(),
        }
        self.on_fatal: Callable[[BaseException], None] | None = None
        self._log = self._open_log()
        self._directory: GrpcDirectory | None = None
        self._servers: list[aio.Server] = []
        self._health: list[Any] = []
        self._machines: list[NodeMachine] = []

    async def start(self) -> Addresses:
        """Open the databases, start the threads, then serve."""
        self._machines = self._build_machines()
        for node in self._machines:
            for topic in topics.read_by(node.address):
                self._log.ensure_topic(topic, self._settings.partitions)
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
        for servicer in self._health:
            await servicer.enter_graceful_shutdown()
        for server in self._servers:
            await server.stop(STOP_GRACE_S)
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
        return self._books.policies

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
        answers = EndpointAnswers(
            [bound for endpoints in self._endpoints.values() for bound in endpoints]
        )
        machines = []
        for region in self._books.care_regions():
            catalogue = self._books.catalogue(region)
            assert isinstance(catalogue, Catalogue)
            known = frozenset(self._books.insured_regions())
            role = care_service.care_role(catalogue, answers.decode, known)
            address = Address(Role.CARE, region)
            machines.append(self._machine(address, role, care_records.SPECS, answers))
        hosted = self._settings.hosted_insured
        for region in self._books.insured_regions() if hosted is None else hosted:
            role = insured_service.insured_role(self._region_rules(region))
            address = Address(Role.INSURED, region)
            machines.append(self._machine(address, role, insured_records.SPECS, answers))
        role = house_service.clearing_house_role()
        machines.append(self._machine(HOUSE, role, house_service.SPECS, answers))
        return machines

    def _machine(
        self,
        address: Address,
        role: machine.Role,
        specs: tuple[TableSpec, ...],
        answers: EndpointAnswers,
    ) -> NodeMachine:
        return NodeMachine(
            address,
            role,
            SqlStore(database_of(self._settings.data, address), specs),
            self._clock,
            self._ids,
            answers,
            encode_envelope,
            replaying=self._settings.replaying,
            unhurried=self._settings.replaying,
        )

    def _region_rules(self, region: str) -> RegionRules:
        policy = self._books.policies.policy(region)
        filing = self._books.filing_rules(region)
        if policy is None or filing is None:
            raise RuleError(
                "region_missing", f"region {region} has no rules", f"地区 {region} 没有规则"
            )
        return RegionRules(region, self._books.policies, policy, filing, reader=self._reader)

    async def _serve(self) -> Addresses:
        settings = self._settings
        ports = {}
        wanted = {
            Role.CARE: settings.care_port,
            Role.INSURED: settings.insured_port,
            Role.HOUSE: settings.house_port,
        }
        servers = {role: aio.server(options=_SERVER_OPTIONS) for role in wanted}
        for role, server in servers.items():
            ports[role] = _listen(server, settings.host, wanted[role])
        at = {role: f"{settings.host}:{port}" for role, port in ports.items()}
        regions = sorted({node.region for node in self.nodes if node.role is not Role.HOUSE})
        self._directory = GrpcDirectory(regions, at[Role.CARE], at[Role.INSURED])
        queries = Queries(self._directory, self._clock.now, self.worker.hosts)
        composed: dict[Role, dict[str, Any]] = {
            Role.CARE: {"LookUpMember": queries.look_up_member, "Quote": queries.quote},
            Role.INSURED: read_ahead(self._reader),
            Role.HOUSE: house_service.composed(self._directory, self._open_house),
        }
        for role, server in servers.items():
            await self._start_server(server, role, self._endpoints[role], composed[role])
        return Addresses(at[Role.CARE], at[Role.INSURED], at[Role.HOUSE])

    def _open_house(self) -> SqlStore:
        """Open the house's database once more, to verify it beside the worker."""
        return SqlStore(database_of(self._settings.data, HOUSE), house_service.SPECS)

    async def _start_server(
        self, server: aio.Server, role: Role, endpoints: list[BoundEndpoint], composed: Any
    ) -> None:
        descriptors = {
            Role.CARE: CARE_SERVICE,
            Role.INSURED: INSURED_SERVICE,
            Role.HOUSE: house_service.SERVICE,
        }
        name = descriptors[role].full_name
        RpcService(
            name,
            endpoints,
            self.worker,
            composed,
            answer_within_s=self._settings.answer_within_s,
        ).add_to(server)
        servicer = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
        reflection.enable_server_reflection(
            (name, health.SERVICE_NAME, reflection.SERVICE_NAME), server
        )
        await server.start()
        await servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
        await servicer.set("", health_pb2.HealthCheckResponse.SERVING)
        self._servers.append(server)
        self._health.append(servicer)


def _listen(server: aio.Server, host: str, port: int) -> int:
    """Return the port listened on. Raises ``Unavailable`` (``port_in_use``)."""
    try:
        return server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise Unavailable(
            "port_in_use", f"cannot listen on {host}:{port}", f"无法监听 {host}:{port}"
        ) from error


def database_of(data: Path, address: Address) -> Path:
    """Return the file of a node's database under the folder that holds all state."""
    if address.role is Role.HOUSE:
        return data / "house.sqlite3"
    return data / str(address.role) / f"{address.region}.sqlite3"
