"""Migrations make exactly the tables that the code declares, and keep every row there was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.db import migrating
from adapters.db.database import Database
from adapters.db.postgres import Postgres
from adapters.db.schema import note_shapes
from adapters.db.shape import TableShape
from adapters.db.sqlite import Sqlite
from adapters.db.store import SqlStore
from clearing.errors import Rejected
from clearing.ports import TableSpec
from services.care_region import records as care_records
from services.clearing_house import role as house_role
from services.insured_region import records as insured_records
from tests.contracts.postgres_server import postgres_url, schema_of

LINES: Mapping[str, Sequence[TableSpec]] = {
    "care": care_records.SPECS,
    "insured": insured_records.SPECS,
    "house": house_role.SPECS,
}


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return Sqlite(tmp_path / "old.sqlite")
    return Postgres(postgres_url(), schema_of(tmp_path))


@pytest.fixture(params=LINES)
def line(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def _made_by(database: Database, line: str, revision: str) -> None:
    """Make a database as the version of that migration would have left it."""
    engine = database.open_engine()
    with engine.connect() as connection:
        database.lock_schema(connection)
        migrating.run(connection, line, revision)
        note_shapes(connection, migrating.shapes_after(line, revision))
        connection.commit()
    engine.dispose()


def _tables(database: Database) -> Iterator[tuple[Any, ...]]:
    """Describe every table: columns with type and nullability, key, indexes, checks."""
    engine = database.open_engine()
    with engine.connect() as connection:
        found = sa.inspect(connection)
        for table in sorted(found.get_table_names()):
            columns = [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)]
            indexes = sorted(
                (i["name"], tuple(i["column_names"]), bool(i["unique"]))
                for i in found.get_indexes(table)
            )
            checks = sorted(c["name"] or "" for c in found.get_check_constraints(table))
            key = found.get_pk_constraint(table)["constrained_columns"]
            yield table, sorted(columns), key, indexes, checks
    engine.dispose()


def _head(line: str) -> str:
    return str(migrating.scripts_of(line).get_current_head())


def test_migrations_end_with_the_shapes_that_the_code_declares(line: str) -> None:
    declared = {spec.table: TableShape(spec).fingerprint for spec in LINES[line]}
    assert migrating.shapes_after(line) == declared, "write one: scripts/make_migration.py"


def test_a_migrated_database_is_as_a_new_one(database: Database, line: str, tmp_path: Path) -> None:
    _made_by(database, line, _head(line))
    if isinstance(database, Postgres):
        new: Database = Postgres(database.url, f"{database.schema}_new")
    else:
        new = Sqlite(tmp_path / "new.sqlite")
    SqlStore(new, LINES[line], line=line).close()
    assert list(_tables(database)) == list(_tables(new))


def test_a_filled_database_keeps_its_rows(database: Database, line: str) -> None:
    _made_by(database, line, "0001")
    engine = database.open_engine()
    metadata = sa.MetaData()
    before: dict[str, Any] = {}
    with engine.connect() as connection:
        metadata.reflect(connection)
        for table in metadata.tables.values():
            if table.name in ("alembic_version", "schema_shapes"):
                continue
            row = {c.name: _anything(c) for c in table.columns}
            connection.execute(sa.insert(table), row)
            before[table.name] = row
        connection.commit()
    SqlStore(database, LINES[line], line=line).close()
    with engine.connect() as connection:
        for name, row in before.items():
            found = connection.execute(sa.select(metadata.tables[name])).mappings().one()
            assert dict(found) == row
    engine.dispose()


def _anything(column: sa.Column[Any]) -> Any:
    kind = column.type.python_type
    return {str: column.name, int: 7, bool: True, bytes: b"seven"}[kind]


def _fill(database: Database, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Insert rows of which only some columns matter."""
    engine, metadata = database.open_engine(), sa.MetaData()
    with engine.connect() as connection:
        metadata.reflect(connection)
        for name, given in rows:
            table = metadata.tables[name]
            row = {c.name: _anything(c) for c in table.columns} | dict(given)
            connection.execute(sa.insert(table), row)
        connection.commit()
    engine.dispose()


def _all_of(database: Database, name: str, *columns: str) -> list[tuple[Any, ...]]:
    engine, metadata = database.open_engine(), sa.MetaData()
    with engine.connect() as connection:
        metadata.reflect(connection, only=[name])
        table = metadata.tables[name]
        rows = connection.execute(sa.select(*(table.c[column] for column in columns)))
        found = sorted(tuple(row) for row in rows)
    engine.dispose()
    return found


def test_what_is_being_undone_is_asked_again_after_an_upgrade(database: Database) -> None:
    _made_by(database, "care", "0004")
    request = {"scope": "H1", "business_time": 1_000, "accepted_at": 2_000}
    undo = {"institution_id": "H1", "awaits_policy": False}
    debit = {"business_time": 500, "deadline": 3_000}
    _fill(
        database,
        [
            ("request", {**request, "request_id": "r1"}),
            ("request", {**request, "request_id": "r2", "business_time": 1_200}),
            ("undo", {**undo, "undo_id": "und-1", "request_id": "r1", "awaits_policy": True}),
            ("undo", {**undo, "undo_id": "und-2", "request_id": "r2"}),
            ("settlement", {"settlement_id": "s2", "undo_id": "und-2"}),
            (
                "debit",
                {**debit, "debit_id": "d2", "debit_undo_id": "dbu-2", "settlement_id": "s2"}
                | {"state": "undoing"},
            ),
            (
                "debit",
                {**debit, "debit_id": "d3", "debit_undo_id": "dbu-3", "state": "given_up"},
            ),
            ("debit", {**debit, "debit_id": "d4", "debit_undo_id": "dbu-4", "state": "undone"}),
        ],
    )
    SqlStore(database, LINES["care"], line="care").close()
    columns = ("question_id", "debit_id", "business_time", "due_at", "times")
    assert _all_of(database, "open_question", *columns) == [
        ("dbu-2", "d2", 1_200, 602_000, 1),
        ("dbu-3", "d3", 500, 603_000, 1),
        ("und-1", "", 1_000, 602_000, 1),
    ]


def test_answers_of_before_an_upgrade_are_told_by_their_lines(database: Database) -> None:
    _made_by(database, "insured", "0004")
    line = {"care_region": "310000", "settlement_id": "s1", "business_time": 7_000}
    kinds = ("settlement", "cancellation", "reversal", "restoration")
    rows = [
        ("booked_line", {**line, "line_id": f"of-{kind}", "kind": kind, "by_fund": "{}"})
        for kind in kinds
    ]
    drawn = {"line_id": "dbu-1", "kind": "debit_reversal", "by_fund": '{"personal_account":-500}'}
    _fill(database, [*rows, ("booked_line", {**line, **drawn})])
    SqlStore(database, LINES["insured"], line="insured").close()
    columns = ("care_region", "undo_id", "business_time", "result", "settlement_id", "amount_fen")
    assert _all_of(database, "undo_answer", *columns) == [
        ("310000", "dbu-1", 7_000, "", "", 500),
        ("310000", "of-cancellation", 7_000, "undone", "s1", 0),
        ("310000", "of-restoration", 7_000, "restored", "s1", 0),
        ("310000", "of-reversal", 7_000, "undone", "s1", 0),
    ]


def test_a_database_that_no_migration_made_is_refused(database: Database) -> None:
    SqlStore(database, LINES["care"]).close()
    with pytest.raises(Rejected) as caught:
        SqlStore(database, LINES["house"], line="house")
    assert caught.value.code == "schema_mismatch"
    SqlStore(database, LINES["care"]).close()


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    SqlStore(database, LINES["care"], line="care").close()
    engine = database.open_engine()
    with engine.connect() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(sa.text("UPDATE schema_shapes SET shape = 'of tomorrow'"))
        connection.commit()
    engine.dispose()
    with pytest.raises(Rejected) as caught:
        SqlStore(database, LINES["care"], line="care")
    assert caught.value.code == "schema_mismatch"


def test_opening_twice_migrates_once(database: Database, line: str) -> None:
    _made_by(database, line, "0001")
    for _ in range(2):
        SqlStore(database, LINES[line], line=line).close()
    engine = database.open_engine()
    with engine.connect() as connection:
        stamped = connection.execute(sa.text("SELECT version_num FROM alembic_version")).all()
    engine.dispose()
    assert [row[0] for row in stamped] == [_head(line)]
