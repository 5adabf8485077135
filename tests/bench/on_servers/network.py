"""One network of the bench on its servers: schemas and topics of its own, under a prefix."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from kafka.admin import KafkaAdminClient

from adapters.broker import topics
from adapters.broker.settings import BrokerSettings
from adapters.db.postgres import Postgres
from adapters.db.store import SqlStore
from clearing import regions
from clearing.errors import Unavailable
from clearing.messages import Address, Role
from services.network.role_process import schema_of
from services.network.roles import SPECS, Roles
from services.network.topic_plan import TopicSettings, network_topics
from tests.bench.on_servers.servers import Servers
from tests.bench.on_servers.workload import REGIONS

TURNS = 6
LAYERS = ("150623",)
"""Regions whose rules those of the bench's regions build on."""


def copy_rules(folder: Path) -> Path:
    """Copy the packaged rules of the bench's regions, and what they build on, into a folder."""
    packaged = Path(regions.__file__).parent
    others = [
        each.name
        for each in packaged.iterdir()
        if each.name.isdigit() and each.name not in (*REGIONS, *LAYERS)
    ]
    copied = shutil.copytree(packaged, folder, ignore=shutil.ignore_patterns(*others, "*.py"))
    return Path(copied)


@dataclass(frozen=True, slots=True)
class BenchNetwork:
    """Everything of one run has ``name`` in front, so that runs share nothing but servers.

    ``roles`` are made of the folder ``rules``.
    """

    servers: Servers
    roles: Roles
    rules: Path
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
        """Make every topic as ``yidi topics apply`` does; a busy machine may need some turns.

        Raises ``Unavailable`` when even the last one is not enough.
        """
        books = self.roles.books
        plans = network_topics(books.care_regions(), books.insured_regions(), TopicSettings())
        for turns_left in reversed(range(TURNS)):
            try:
                topics.apply(self.broker, plans)
                return
            except Unavailable:
                if not turns_left:
                    raise

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
            "YIDI_METRICS_LISTEN": "127.0.0.1:0",
            "YIDI_DATABASE_SCHEMA_PREFIX": self.schema_prefix,
            "YIDI_REGIONS": ",".join(REGIONS),
            "YIDI_RULES": str(self.rules),
            "YIDI_REPLAY": "true",
        }

    def drop(self) -> None:
        """Remove its schemas and topics."""
        with self.servers.connect() as connection:
            for schema in self._schemas(connection):
                connection.execute(f'DROP SCHEMA "{schema}" CASCADE')
        admin: Any = KafkaAdminClient(**self.broker.connection())
        try:
            prefix = self.broker.prefix
            admin.delete_topics([name for name in admin.list_topics() if name.startswith(prefix)])
        finally:
            admin.close()

    def _schemas(self, connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
        rows = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)",
            (self.schema_prefix,),
        )
        return [str(row[0]) for row in rows]
