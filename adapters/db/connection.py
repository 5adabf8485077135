"""The one connection of a store: transactions and statements, with failures translated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from adapters.db.database import Database
from adapters.db.shape import Row

_COMMIT = "COMMIT"


class StoreConnection:
    """A driver connection out of SQLAlchemy's pool, used from one thread at a time.

    The first statement after an end begins the next transaction.

    Every failure of the driver is raised as ``Conflict``, ``Unavailable`` or
    ``InvariantBroken``.
    """

    def __init__(self, engine: sa.Engine, database: Database) -> None:
        self._engine = engine
        self._database = database
        self._errors = engine.dialect.loaded_dbapi.Error
        self._in_transaction = False
        self._has_written = False
        self._connect()

    def _connect(self) -> None:
        try:
            self._pooled = self._engine.raw_connection()
        except sa.exc.DBAPIError as error:
            cause = error.orig if error.orig is not None else error
            raise self._database.translate(cause) from error
        self._cursor = self._pooled.cursor()
        self._cursors: list[Any] = []

    def row(self, sql: str, parameters: Sequence[Any]) -> Row | None:
        """Run a statement that finds at most one row and return it."""
        try:
            self._begin(self._database.begin)
            self._cursor.execute(sql, parameters)
            row: Row | None = self._cursor.fetchone()
        except self._errors as error:
            raise self._database.translate(error) from error
        return row

    def rows(self, sql: str, parameters: Sequence[Any]) -> Iterator[Row]:
        """Run a reading statement and return its rows one by one."""
        try:
            self._begin(self._database.begin)
            cursor: Any = self._pooled.cursor()
            try:
                cursor.execute(sql, parameters)
                yield from cursor
            finally:
                cursor.close()
        except self._errors as error:
            raise self._database.translate(error) from error

    def rows_together(
        self, queries: Sequence[tuple[str, Sequence[Any]]]
    ) -> Sequence[Sequence[Row]]:
        """Run reading statements without waiting for each, and return the rows of each."""
        if not queries:
            return []
        try:
            self._begin(self._database.begin)
            while len(self._cursors) < len(queries):
                self._cursors.append(self._pooled.cursor())
            asked = self._cursors[: len(queries)]
            with self._database.together(self._pooled.driver_connection):
                for cursor, (sql, parameters) in zip(asked, queries, strict=True):
                    cursor.execute(sql, parameters)
            return [cursor.fetchall() for cursor in asked]
        except self._errors as error:
            raise self._database.translate(error) from error

    def execute(self, sql: str, parameters: Sequence[Any]) -> None:
        """Run a writing statement once."""
        self._has_written = True
        try:
            self._begin(self._database.begin_write)
            self._cursor.execute(sql, parameters)
        except self._errors as error:
            raise self._database.translate(error) from error

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a writing statement for every row of parameters."""
        self._has_written = True
        try:
            self._begin(self._database.begin_write)
            self._cursor.executemany(sql, rows)
        except self._errors as error:
            raise self._database.translate(error) from error

    @contextmanager
    def together(self, *, commits: bool = False) -> Iterator[None]:
        """Send the writing statements inside without waiting for each.

        With ``commits`` the transaction is durable when they are done: one round trip for all.
        """
        try:
            self._begin(self._database.begin_write)
            with self._database.together(self._pooled.driver_connection):
                yield
                if commits:
                    self._cursor.execute(_COMMIT)
        except self._errors as error:
            raise self._database.translate(error) from error
        if commits:
            self._ended()

    def commit(self) -> None:
        """Make everything since the last end durable; returns when it is."""
        if not self._in_transaction:
            return
        try:
            self._pooled.commit()
        except self._errors as error:
            raise self._database.translate(error) from error
        self._ended()

    def _ended(self) -> None:
        self._in_transaction = self._has_written = False

    def rollback(self) -> None:
        """Forget everything since the last end.

        A transaction that only read is ended as one that has come to its end: drivers forget
        their prepared statements where one is given up.
        """
        only_read = self._in_transaction and not self._has_written
        self._ended()
        connection = self._pooled.driver_connection
        if self._database.is_lost(connection):
            return  # the server has forgotten it already
        try:
            if only_read and not self._database.is_broken(connection):
                self._pooled.commit()
            else:
                self._pooled.rollback()
        except self._errors as error:
            raise self._database.translate(error) from error

    def close(self) -> None:
        """Roll back what is open and close the connection."""
        self.rollback()
        self._cursor.close()
        self._pooled.close()

    def _begin(self, begin: str) -> None:
        if self._in_transaction:
            return
        if self._database.is_lost(self._pooled.driver_connection):
            self._pooled.invalidate()
            self._connect()
        if begin:
            self._cursor.execute(begin)
        self._in_transaction = True
