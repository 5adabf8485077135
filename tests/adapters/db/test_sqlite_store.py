"""What the SQLite store does beyond the store's contract."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.db.database import Statement
from adapters.db.shape import TableShape
from adapters.db.sqlite import Sqlite
from adapters.db.statements import TableStatements
from adapters.db.store import SqlStore
from clearing.errors import Conflict, InvariantBroken, Rejected, Unavailable
from clearing.ports import TableSpec
from tests.contracts.shelves import BOOKS, SPECS, TICKETS, Book, Ticket, book


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "node" / "store.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with_folder = SqlStore(path, SPECS)
    yield with_folder
    with_folder.close()


def _put(store: SqlStore, record: object) -> None:
    unit = store.begin()
    unit.table(type(record)).put(record)
    unit.commit()


@dataclass(frozen=True, slots=True)
class Chair:
    ticket_id: int
    seat: str | None


@pytest.mark.parametrize(
    "other",
    [
        (BOOKS,),
        (*SPECS, TableSpec(Chair, "chairs", ("ticket_id",))),
        (*SPECS[:2], TableSpec(Chair, "tickets", ("ticket_id",), unique=(("seat",),))),
        (*SPECS[:2], TableSpec(Ticket, "tickets", ("ticket_id",))),
        (*SPECS[:2], TableSpec(Ticket, "tickets", ("seat",), unique=(("seat",),))),
    ],
    ids=["table gone", "table new", "field nullable", "index gone", "other key"],
)
def test_a_database_of_another_shape_is_refused_and_left_alone(
    path: Path, other: tuple[TableSpec, ...]
) -> None:
    store = SqlStore(path, SPECS)
    _put(store, Ticket(1, "A1"))
    store.close()
    before = path.read_bytes()
    with pytest.raises(Rejected) as caught:
        SqlStore(path, other)
    assert caught.value.code == "schema_mismatch"
    assert path.read_bytes() == before
    store = SqlStore(path, SPECS)
    assert store.begin().table(Ticket).get(1) == Ticket(1, "A1")
    store.close()


def test_a_database_of_somebody_else_is_refused(path: Path) -> None:
    path.parent.mkdir()
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE tickets (ticket_id, seat)")
    foreign.close()
    with pytest.raises(Rejected) as caught:
        SqlStore(path, (TICKETS,))
    assert caught.value.code == "schema_mismatch"


def test_a_file_that_is_no_database_is_named_damaged(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is a text, and long enough to be read as a header\n" * 100)
    with pytest.raises(InvariantBroken) as caught:
        SqlStore(path, SPECS)
    assert caught.value.code == "database_corrupt"


def test_in_memory_keeps_records_until_it_is_closed() -> None:
    store = SqlStore(":memory:", SPECS)
    _put(store, book("a", amount_fen=7))
    unit = store.begin()
    found = unit.table(Book).get("a")
    assert found is not None
    assert found.amount_fen == 7
    unit.rollback()
    store.close()
    store = SqlStore(":memory:", SPECS)
    assert store.begin().table(Book).get("a") is None
    store.close()


def test_a_unit_that_wrote_nothing_writes_nothing(store: SqlStore, path: Path) -> None:
    _put(store, book())
    log = path.with_name(path.name + "-wal")
    before = log.read_bytes()
    unit = store.begin()
    unit.table(Book).get("a")
    unit.commit()
    store.begin().commit()
    assert log.read_bytes() == before


def test_commits_are_made_durable(store: SqlStore) -> None:
    unit = store.begin()
    settings = {
        name: unit.rows(Statement(f"PRAGMA {name}", ()))[0][0]
        for name in ("journal_mode", "synchronous")
    }
    unit.rollback()
    assert settings == {"journal_mode": "wal", "synchronous": 2}


def test_a_unit_reads_one_snapshot_and_conflicts_with_a_quicker_writer(
    store: SqlStore, path: Path
) -> None:
    _put(store, book("a", amount_fen=1))
    other = SqlStore(path, SPECS)
    unit = store.begin()
    books = unit.table(Book)
    assert [each.amount_fen for each in books.select(shelf="s")] == [1]
    _put(other, book("a", amount_fen=2))
    other.close()
    assert [each.amount_fen for each in books.scan()] == [1]
    books.put(book("b"))
    with pytest.raises(Conflict) as caught:
        unit.commit()
    assert caught.value.code == "database_moved_on"
    unit = store.begin()
    found = {each.book_id: each.amount_fen for each in unit.table(Book).scan()}
    unit.rollback()
    assert found == {"a": 2}


def test_a_writer_that_holds_the_database_makes_it_unavailable(store: SqlStore, path: Path) -> None:
    unit = store.begin()
    unit.table(Book).get("a")  # a unit that has read does not wait: it could never catch up
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    unit.table(Book).put(book())
    with pytest.raises(Unavailable) as caught:
        unit.commit()
    assert caught.value.code == "database_unavailable"
    other.rollback()
    other.close()
    _put(store, book())


def test_the_file_itself_refuses_another_type(store: SqlStore) -> None:
    wrong = Statement("INSERT INTO tickets VALUES (?, ?)", [(1, 1.5), (1.5, "A1")])
    with pytest.raises(InvariantBroken) as caught:
        store._connection.write([wrong], commits=False)
    assert caught.value.code == "database_constraint"
    store._connection.rollback()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("tags", "[1"),
        ("notes", '[{"step":"a"}]'),
        ("by_colour", '{"blue":1}'),
        ("colour", "blue"),
        ("printed_on", "2020-02-30"),
        ("span", "7"),
    ],
)
def test_a_row_changed_from_outside_is_named(
    store: SqlStore, path: Path, column: str, value: str
) -> None:
    _put(store, book("a"))
    outside = sqlite3.connect(path)
    outside.execute(f"UPDATE books SET {column} = ?", (value,))
    outside.commit()
    outside.close()
    unit = store.begin()
    with pytest.raises(InvariantBroken) as caught:
        unit.table(Book).get("a")
    unit.rollback()
    assert caught.value.code == "record_unreadable"
    assert "Row a of table books" in caught.value.message_en


def test_closing_with_an_open_unit_forgets_it(path: Path) -> None:
    store = SqlStore(path, SPECS)
    store.begin().table(Book).put(book())
    store.close()
    store.close()
    store = SqlStore(path, SPECS)
    assert store.begin().table(Book).get("a") is None
    store.close()


def test_reads_search_an_index_and_never_sort(store: SqlStore) -> None:
    unit = store.begin()
    for shape in (TableShape(spec) for spec in SPECS):
        statements = TableStatements(shape, sa.MetaData(), Sqlite(":memory:"))
        index = (shape.spec.indexes or shape.spec.unique)[0]
        key = (1,) * len(shape.key)
        equals = dict.fromkeys(index, 1)
        missing = {name: None if shape.columns[name].nullable else 1 for name in index}
        searches = [
            statements.get(key),
            statements.delete([key])._replace(parameters=key),
            statements.get_many([key]),
            statements.get_many([key] * 64),
        ]
        for values in (equals, missing, {shape.key[0]: 1}):
            for paged in (False, True):
                for after in (False, True):
                    found = statements.select(values, paged=paged, after=after)
                    searches.append(Statement(found.sql, (1,) * len(found.places)))
        page = statements.select({}, paged=True, after=True)
        searches.append(Statement(page.sql, (1,) * len(page.places)))
        for sql, parameters in searches:
            asked = Statement(f"EXPLAIN QUERY PLAN {sql}", parameters)
            plan = [row[3] for row in unit.rows(asked)]
            steps = [step for step in plan if not step.startswith(("MULTI-INDEX OR", "INDEX "))]
            assert steps, plan
            assert all(step.startswith("SEARCH") for step in steps), (sql, plan)
    unit.rollback()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Rejected) as caught:
        SqlStore(tmp_path / "file" / "store.sqlite", SPECS)
    assert caught.value.code == "data_unusable"
