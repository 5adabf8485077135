"""What is special about SQLite: opening it, its transactions, its types and its errors.

The driver's own transaction control is switched off (``isolation_level=None``): it opens
transactions before some statements and not before others. A unit of work says ``BEGIN``
itself, before whatever it does first. A unit that reads first and then writes keeps the
snapshot that it read: where another process wrote meanwhile, its commit is a ``Conflict``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import NullPool, StaticPool

from adapters.db.database import Statement
from adapters.db.shape import Row
from clearing.errors import Conflict, InvariantBroken, Rejected, Unavailable, YidiError

_MAX_KEYS = 128
"""Keys of one statement; the oldest builds in use allow 999 parameters, and no key has more
than seven parts."""

_BUSY_TIMEOUT_MS = 10_000
_BEGIN = "BEGIN"
_BEGIN_WRITE = "BEGIN IMMEDIATE"
_PRIMARY_CODE = 0xFF  # the rest of an error code says what kind of it
_PRAGMAS = (
    f"busy_timeout = {_BUSY_TIMEOUT_MS}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "fullfsync = ON",  # where the system's fsync stops at the drive's cache (macOS)
)


class SqliteSession:
    """The session port on a connection of the standard library."""

    is_lost = False

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._cursor = connection.cursor()

    def read(self, statements: Sequence[Statement], *, begins: bool) -> list[Sequence[Row]]:
        """See ``Session``."""
        if begins:
            self._cursor.execute(_BEGIN)
        return [self._cursor.execute(*statement).fetchall() for statement in statements]

    def write(self, statements: Sequence[Statement], *, begins: bool, commits: bool) -> None:
        """See ``Session``."""
        if begins:
            self._cursor.execute(_BEGIN_WRITE)
        for statement in statements:
            self._cursor.executemany(*statement)
        if commits:
            self.commit()

    def commit(self) -> None:
        """See ``Session``."""
        self._cursor.execute("COMMIT")

    def rollback(self) -> None:
        """See ``Session``."""
        if self._cursor.connection.in_transaction:
            self._cursor.execute("ROLLBACK")

    def await_end_of(self, lost: SqliteSession) -> None:
        """Do nothing: no server is at work for anybody."""


class Sqlite:
    """A database file, or one in memory for ``":memory:"``, which has one connection."""

    dialect: sa.Dialect = SQLiteDialect_pysqlite()
    keys_at_once = _MAX_KEYS
    in_arrays = False

    def __init__(self, path: str | Path) -> None:
        self.path = path

    def open_engine(self) -> sa.Engine:
        """Return an engine; the file's folder is made where missing.

        Raises ``Rejected`` (``data_unusable``) for a folder that cannot be made.
        """
        in_memory = str(self.path) == ":memory:"
        if not in_memory:
            _make_folder(Path(self.path).parent)
        engine = sa.create_engine(
            sa.URL.create("sqlite+pysqlite", database=str(self.path)),
            poolclass=StaticPool if in_memory else NullPool,
            connect_args={"check_same_thread": False, "isolation_level": None},
        )

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").close()

        return engine

    def session(self, connection: sqlite3.Connection) -> SqliteSession:
        """Return what runs statements one by one: there is no round trip to save."""
        return SqliteSession(connection)

    def upsert(self, table: sa.Table) -> sa.sql.ClauseElement:
        """Return the statement that inserts a row or replaces the one with its key."""
        names = [column.name for column in table.c]
        statement = insert(table).values({name: sa.bindparam(name) for name in names})
        others = {
            column.name: statement.excluded[column.name]
            for column in table.c
            if not column.primary_key
        }
        keys = [column.name for column in table.primary_key]
        if not others:
            return statement.on_conflict_do_nothing(index_elements=keys)
        return statement.on_conflict_do_update(index_elements=keys, set_=others)

    def delete(self, table: sa.Table) -> sa.sql.ClauseElement:
        """Return the statement that deletes the row with a key."""
        is_key = (column == sa.bindparam(column.name) for column in table.primary_key)
        return sa.delete(table).where(sa.and_(*is_key))

    def rows_with(
        self, rows: sa.Select[Any], columns: Sequence[sa.Column[Any]], count: int
    ) -> sa.Select[Any]:
        """Return ``rows`` narrowed to ``count`` values, their columns one after the other."""
        places: list[list[sa.BindParameter[Any]]] = [
            [sa.bindparam(f"key_{at}_{column.name}") for column in columns] for at in range(count)
        ]
        if len(columns) == 1:
            return rows.where(columns[0].in_([place for each in places for place in each]))
        # A list of row values would read better, but SQLite reads the whole table for it.
        return rows.where(
            sa.or_(
                *(
                    sa.and_(*(column == place for column, place in zip(columns, each, strict=True)))
                    for each in places
                )
            )
        )

    def held(self, _rows: sa.Select[Any], _table: sa.Table) -> None:
        """Nothing is to be asked: who begins to write after another has written is refused."""

    def lock_schema(self, connection: sa.Connection) -> None:
        """Begin as a writer: there is one at a time."""
        connection.exec_driver_sql(_BEGIN_WRITE)

    def translate(self, error: BaseException) -> YidiError:
        """Return what a failure of the driver means to a caller."""
        # The driver knows fewer names of errors than the library; the numbers are all there.
        code = getattr(error, "sqlite_errorcode", 0)
        if code == sqlite3.SQLITE_BUSY_SNAPSHOT:
            return Conflict(
                "database_moved_on",
                "Another process changed the database meanwhile; start again.",
                "数据库已被其他进程修改，请重新执行。",
            )
        if code in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY):
            return Conflict(
                "unique_violated",
                f"A record with these values exists already: {error}.",
                f"已存在相同取值的记录：{error}。",
            )
        if code & _PRIMARY_CODE in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH):
            return InvariantBroken(
                "database_constraint",
                f"A record breaks the shape of its table: {error}.",
                f"记录不符合数据表结构：{error}。",
            )
        if code & _PRIMARY_CODE in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return InvariantBroken(
                "database_corrupt",
                f"The database file is damaged or is none: {error}.",
                f"数据库文件已损坏或不是数据库：{error}。",
            )
        return Unavailable(
            "database_unavailable",
            f"The database cannot be used right now: {error}.",
            f"数据库暂时不可用：{error}。",
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Rejected(
            "data_unusable",
            f"The data folder {folder} cannot be used: {error}.",
            f"数据目录 {folder} 无法使用：{error}。",
        ) from error
