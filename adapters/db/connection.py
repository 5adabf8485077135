"""The one connection of a store: transactions and statements, with failures translated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from adapters.db.database import Database
from adapters.db.shape import Row


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
        self._connect()

    def _connect(self) -> None:
        try:
            self._pooled = self._engine.raw_connection()
        except sa.exc.DBAPIError as error:
            cause = error.orig if error.orig is not None else error
            raise self._database.translate(cause) from error
        self._cursor = self._pooled.cursor()

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

    def execute(self, sql: str, parameters: Sequence[Any]) -> None:
        """Run a writing statement once."""
        try:
            self._begin(self._database.begin_write)
            self._cursor.execute(sql, parameters)
        except self._errors as error:
            raise self._database.translate(error) from error

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a writing statement for every row of parameters."""
        try:
            self._begin(self._database.begin_write)
            self._cursor.executemany(sql, rows)
        except self._errors as error:
            raise self._database.translate(error) from error

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send the writing statements inside without waiting for each."""
        try:
            self._begin(self._database.begin_write)
            with self._database.together(self._pooled.driver_connection):
                yield
        except self._errors as error:
            raise self._database.translate(error) from error

    def commit(self) -> None:
        """Make everything since the last end durable; returns when it is."""
        if not self._in_transaction:
            return
        try:
            self._pooled.commit()
        except self._errors as error:
            raise self._database.translate(error) from error
        self._in_transaction = False

    def rollback(self) -> None:
        """Forget everything since the last end."""
        self._in_transaction = False
        if self._database.is_lost(self._pooled.driver_connection):
            return  # the server has forgotten it already
        try:
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
