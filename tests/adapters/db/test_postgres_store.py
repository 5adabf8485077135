"""What the PostgreSQL store does beyond the store's contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from adapters.db.postgres import Postgres
from adapters.db.store import SqlStore
from clearing.errors import Unavailable
from tests.contracts.postgres_server import postgres_url, schema_of
from tests.contracts.shelves import SPECS, Line, Ticket, book


@pytest.fixture
def database(tmp_path: Path) -> Postgres:
    return Postgres(postgres_url(), schema_of(tmp_path))


@pytest.fixture
def store(database: Postgres) -> Iterator[SqlStore]:
    opened = SqlStore(database, SPECS)
    yield opened
    opened.close()


def _drop_connections(database: Postgres) -> None:
    with psycopg.connect(database.url) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            [f"yidi {database.schema}"],
        )


def test_a_lost_connection_fails_one_unit_and_is_replaced(
    store: SqlStore, database: Postgres
) -> None:
    unit = store.begin()
    unit.table(Ticket).put(Ticket(1, "A1"))
    unit.commit()
    unit = store.begin()
    unit.table(Ticket).put(Ticket(2, "A2"))
    unit.write()
    _drop_connections(database)
    with pytest.raises(Unavailable):
        unit.commit()
    unit = store.begin()
    assert unit.table(Ticket).scan() == [Ticket(1, "A1")]
    unit.rollback()


def test_a_server_that_is_away_is_unavailable_and_names_no_secret() -> None:
    away = Postgres("postgresql://somebody:open-sesame@127.0.0.1:1/nowhere", "node")
    with pytest.raises(Unavailable) as caught:
        SqlStore(away, SPECS)
    assert "open-sesame" not in str(caught.value)
    assert "open-sesame" not in repr(away)


def test_nodes_of_one_server_keep_apart(store: SqlStore, database: Postgres) -> None:
    unit = store.begin()
    unit.table(type(book())).put(book())
    unit.commit()
    beside = SqlStore(Postgres(database.url, f"{database.schema}_beside"), SPECS)
    unit = beside.begin()
    assert unit.table(Line).scan() == []
    assert unit.table(type(book())).get("a") is None
    beside.close()
