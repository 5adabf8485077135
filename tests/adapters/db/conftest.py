"""A schema of its own on the test server, and a store of the contract's records in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.db.postgres import Postgres
from adapters.db.store import SqlStore
from tests.contracts.postgres_server import postgres_url, schema_of
from tests.contracts.shelves import SPECS


@pytest.fixture
def database(tmp_path: Path) -> Postgres:
    return Postgres(postgres_url(), schema_of(tmp_path))


@pytest.fixture
def store(database: Postgres) -> Iterator[SqlStore]:
    opened = SqlStore(database, SPECS)
    yield opened
    opened.close()
