"""One network of the bench on its servers: schemas and topics of its own, under a prefix."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from adapters.broker import topics
from adapters.broker.settings import BrokerSettings
from adapters.db.postgres import Postgres
from adapters.db.store import SqlStore
from clearing.messages import Address, Role
from services.network.role_process import schema_of
from services.network.roles import SPECS, Roles
from services.network.topic_plan import TopicSettings, network_topics
from tests.bench.on_servers.servers import Servers
from tests.bench.on_servers.workload import REGIONS


@dataclass(frozen=True, slots=True)
class BenchNetwork:
    """Everything of one run has ``name`` in front, so that runs share nothing but servers."""

    servers: Servers
    roles: Roles
    name: str

    @property
    def broker(self) -> BrokerSettings:
        """How its clients reach the broker; all else is as shipped."""
        return BrokerSettings(self.servers.bootstrap, prefix=f"{self.name}.")

    @property
    def schema_prefix(self) -> str:
        """What its schemas begin with."""
        return f"{self.name}_"

    def addresses(self, role: Role) -> list[Address]:
        """Return the nodes of a role that it has."""
        return self.roles.addresses(role, REGIONS)

    def schema(self, address: Address) -> str:
        """Return the schema of a node."""
        return schema_of(address, self.schema_prefix)

    def make_topics(self) -> None:
        """Make every topic as ``yidi topics apply`` does."""
        books = self.roles.books
        plans = network_topics(books.care_regions(), books.insured_regions(), TopicSettings())
        topics.apply(self.broker, plans)

    def open_store(self, address: Address) -> SqlStore:
        """Open a node's database; its tables are made where missing."""
        database = Postgres(self.servers.url, self.schema(address))
        return SqlStore(database, SPECS[address.role], line=address.role)

    def settings(self) -> dict[str, str]:
        """Return what its processes find in their environment."""
        return {
            "YIDI_BROKER_BOOTSTRAP": self.servers.bootstrap,
            "YIDI_BROKER_PREFIX": self.broker.prefix,
            "YIDI_DATABASE_URL": self.servers.url,
            "YIDI_DATABASE_SCHEMA_PREFIX": self.schema_prefix,
            "YIDI_REGIONS": ",".join(REGIONS),
            "YIDI_REPLAY": "true",
        }

    def drop(self) -> None:
        """Remove its schemas and topics."""
        with self.servers.connect() as connection:
            for schema in self._schemas(connection):
                connection.execute(f'DROP SCHEMA "{schema}" CASCADE')

    def _schemas(self, connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
        rows = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)",
            (self.schema_prefix,),
        )
        return [str(row[0]) for row in rows]
