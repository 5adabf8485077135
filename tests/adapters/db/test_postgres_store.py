"""What the PostgreSQL store does beyond the store's contract."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from adapters.db.arrays import packed
from adapters.db.database import Statement
from adapters.db.postgres import Postgres
from adapters.db.statements import TableStatements
from adapters.db.store import SqlStore
from adapters.db.unit import SqlUnitOfWork
from adapters.db.values import ColumnValue, Kind
from clearing.errors import Unavailable, YidiError
from clearing.messages import Role
from services.network.roles import SPECS as ROLE_SPECS
from tests.contracts.postgres_server import postgres_url, schema_of
from tests.contracts.shelves import SPECS, Colour, Line, Ticket, book


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


def test_who_holds_a_record_is_waited_for_by_whoever_changes_it(database: Postgres) -> None:
    changing, first, second = (SqlStore(database, SPECS) for _ in range(3))
    unit = changing.begin()
    unit.table(Ticket).put(Ticket(1, "A1"))
    unit.table(Ticket).put(Ticket(2, "A2"))
    unit.commit()
    holders = []
    for store, number in ((first, 1), (second, 2)):  # none waits for another
        unit = store.begin()
        unit.table(Ticket).hold(1)
        unit.table(Ticket).put(Ticket(number + 10, f"B{number}"))
        unit.write()
        holders.append(unit)
    unit = changing.begin()
    unit.table(Ticket).put(Ticket(1, "C1"))
    changed = threading.Thread(target=unit.commit)
    changed.start()
    changed.join(0.3)
    assert changed.is_alive()
    for holder in holders:
        holder.commit()
    changed.join(10)
    assert not changed.is_alive()
    unit = first.begin()
    assert [each.seat for each in unit.table(Ticket).scan()] == ["C1", "A2", "B1", "B2"]
    unit.rollback()
    for store in (changing, first, second):
        store.close()


def test_a_server_that_stays_away_is_asked_again_by_each_unit(
    store: SqlStore, database: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise sa.exc.OperationalError("", {}, psycopg.OperationalError("nobody there"))

    _drop_connections(database)
    with monkeypatch.context() as patched:
        patched.setattr(store._engine, "raw_connection", away)
        for _ in range(3):
            unit = store.begin()
            with pytest.raises(Unavailable):
                unit.table(Ticket).get(1)
            unit.rollback()
    unit = store.begin()
    assert unit.table(Ticket).get(1) is None
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


def _prepared(store: SqlStore) -> list[str]:
    unit = store.begin()
    rows = unit.rows(Statement("SELECT statement FROM pg_prepared_statements", ()))
    unit.rollback()
    return [text for (text,) in rows]


def test_a_statement_is_prepared_once_whatever_becomes_of_its_unit(store: SqlStore) -> None:
    for number in range(3):
        unit = store.begin()
        unit.table(Ticket).get(1)
        unit.table(Ticket).put(Ticket(number, f"A{number}"))
        unit.write()
        unit.rollback()
    texts = _prepared(store)
    name = store._statements[Ticket].shape.name
    assert sum(f"FROM {name}" in text for text in texts) == 1
    assert sum(f"INSERT INTO {name}" in text for text in texts) == 1


def test_a_unit_that_failed_to_read_is_given_up(store: SqlStore) -> None:
    unit = store.begin()
    with pytest.raises(YidiError):
        unit.rows(Statement("SELECT 1 / 0", ()))
    unit.rollback()
    unit = store.begin()
    assert unit.table(Ticket).get(1) is None
    unit.rollback()


def test_what_was_to_be_prepared_behind_a_failure_is_prepared_later(store: SqlStore) -> None:
    read = store._statements[Ticket].get((1,))
    for statements in ([Statement("SELECT 1 / 0", ()), read], [Statement("SELECT 1 / 0", ())]):
        with pytest.raises(YidiError):
            store._connection.read(statements)
        store._connection.rollback()
    assert store._connection.read([read, read]) == [[], []]
    store._connection.rollback()
    assert _prepared(store).count(read.sql) == 1


def test_more_is_sent_and_answered_at_once_than_sockets_hold(store: SqlStore) -> None:
    echo = Statement("SELECT unnest($1)", [packed(Kind.TEXT, ["一" * 1_000] * 1_000)])
    unit = store.begin()
    answers = store._connection.read([echo] * 12)
    unit.rollback()
    assert answers == [[("一" * 1_000,)] * 1_000] * 12


@pytest.mark.parametrize("value", ["", "一", 0, -(1 << 63), True, b"", b"\x00\xff"])
def test_a_single_value_comes_back_as_it_went(store: SqlStore, value: object) -> None:
    unit = store.begin()
    ((back,),) = unit.rows(Statement("SELECT $1", (value,)))
    unit.rollback()
    assert back == value
    assert type(back) is type(value)


def test_a_value_of_another_kind_is_no_parameter(store: SqlStore) -> None:
    unit = store.begin()
    with pytest.raises(TypeError):
        unit.rows(Statement("SELECT $1", (1.5,)))
    unit.rollback()
    assert store.begin().table(Ticket).get(1) is None


def test_a_small_table_is_not_read_whole_either(store: SqlStore) -> None:
    unit = store.begin()
    unit.table(Ticket).put(Ticket(1, "A1"))
    unit.commit()
    store._connection.write(
        [Statement(f"ANALYZE {store._statements[Ticket].shape.name}", ())], commits=False
    )
    plan = _plan(store.begin(), store._statements[Ticket].get_many([(1,)]))
    assert "Index Scan" in plan, plan


def _plan(unit: SqlUnitOfWork, statement: Statement) -> str:
    explained = statement._replace(sql=f"EXPLAIN {statement.sql}")
    return "\n".join(row[0] for row in unit.rows(explained))


@pytest.mark.parametrize("role", ROLE_SPECS)
def test_every_statement_of_a_node_goes_by_an_index(role: Role, tmp_path: Path) -> None:
    store = SqlStore(Postgres(postgres_url(), schema_of(tmp_path)), ROLE_SPECS[role], line=role)
    unit = store.begin()
    for statements in store._statements.values():
        for statement in _by_key_or_index(statements):
            plan = _plan(unit, statement)
            assert "Seq Scan" not in plan, plan
            assert "Hash Join" not in plan, plan
    unit.rollback()
    store.close()


def _by_key_or_index(statements: TableStatements) -> Iterator[Statement]:
    """Yield what is for many rows, by key and by the first column of each index."""
    key = tuple(1 if column.kind is Kind.INTEGER else "x" for column in _columns(statements))
    yield statements.get_many([key])
    yield statements.delete([key])
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
