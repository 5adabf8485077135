"""What the PostgreSQL store does beyond the store's contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from adapters.db.postgres import Postgres
from adapters.db.statements import TableStatements
from adapters.db.store import SqlStore
from adapters.db.values import ColumnValue, Kind
from clearing.errors import Unavailable, YidiError
from clearing.messages import Role
from services.network.roles import SPECS as ROLE_SPECS
from tests.contracts.postgres_server import postgres_url, schema_of
from tests.contracts.shelves import SPECS, Colour, Line, Ticket, book


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


def test_a_unit_that_only_read_leaves_prepared_statements(store: SqlStore) -> None:
    unit = store.begin()
    unit.table(Ticket).put(Ticket(1, "A1"))
    unit.commit()
    for number in range(12):
        unit = store.begin()
        assert unit.table(Ticket).get(1) == Ticket(1, "A1")
        assert unit.table(Ticket).get(number + 2) is None
        unit.rollback()
    unit = store.begin()
    prepared = list(unit.rows("SELECT statement FROM pg_prepared_statements", ()))
    unit.rollback()
    assert any(
        f"FROM {store._statements[Ticket].shape.name}" in str(statement)
        for (statement,) in prepared
    )


def test_a_unit_that_failed_to_read_is_given_up(store: SqlStore) -> None:
    unit = store.begin()
    with pytest.raises(YidiError):
        list(unit.rows("SELECT 1 / 0", ()))
    unit.rollback()
    unit = store.begin()
    assert unit.table(Ticket).get(1) is None
    unit.rollback()


def test_a_small_table_is_not_read_whole_either(store: SqlStore) -> None:
    unit = store.begin()
    unit.table(Ticket).put(Ticket(1, "A1"))
    unit.commit()
    unit = store.begin()
    unit.execute(f"ANALYZE {store._statements[Ticket].shape.name}", ())
    sql, parameters = store._statements[Ticket].get_many([(1,)])
    plan = "\n".join(row[0] for row in unit.rows(f"EXPLAIN {sql}", parameters))
    unit.rollback()
    assert "Index Scan" in plan, plan


@pytest.mark.parametrize("role", ROLE_SPECS)
def test_every_statement_of_a_node_goes_by_an_index(role: Role, tmp_path: Path) -> None:
    store = SqlStore(Postgres(postgres_url(), schema_of(tmp_path)), ROLE_SPECS[role], line=role)
    unit = store.begin()
    for statements in store._statements.values():
        by_key, *by_index = _reads(statements)
        for sql, parameters in (by_key, (statements.delete, by_key[1]), *by_index):
            plan = "\n".join(row[0] for row in unit.rows(f"EXPLAIN {sql}", parameters))
            assert "Seq Scan" not in plan, plan
            assert "Hash Join" not in plan, plan
    unit.rollback()
    store.close()


def _reads(statements: TableStatements) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield what reads many rows, by key and by the first column of each index."""
    key = [1 if column.kind is Kind.INTEGER else "x" for column in _columns(statements)]
    yield statements.get_many([tuple(key)])
    for names in statements.shape.spec.indexes:
        column = statements.shape.columns[names[0]]
        yield statements.select_many(names[0], [1 if column.kind is Kind.INTEGER else "x"])


def _columns(statements: TableStatements) -> list[ColumnValue]:
    return [statements.shape.columns[name] for name in statements.shape.key]


def test_long_texts_come_back_whole(store: SqlStore) -> None:
    texts = ["一" * length for length in (0, 1_365, 1_366, 50_000)]
    unit = store.begin()
    for number, text in enumerate(texts):
        unit.table(Line).put(Line("a", Colour.GREEN, number, None, text))
    unit.commit()
    unit = store.begin()
    assert [line.text for line in unit.table(Line).select(book_id="a")] == texts
    unit.rollback()
