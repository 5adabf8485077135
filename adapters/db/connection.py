"""The one connection of a store: transactions and statements, with failures translated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from adapters.db import sqlite
from adapters.db.shape import Row


class StoreConnection:
    """A driver connection out of SQLAlchemy's pool, used from one thread at a time.

    The first statement after an end begins the next transaction.

    Every failure of the driver is raised as ``Conflict``, ``Unavailable`` or
    ``InvariantBroken``.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._errors = engine.dialect.loaded_dbapi.Error
        self._pooled = engine.raw_connection()
        self._cursor = self._pooled.cursor()
        self._in_transaction = False

    def row(self, sql: str, parameters: Sequence[Any]) -> Row | None:
        """Run a statement that finds at most one row and return it."""
        try:
            self._begin(sqlite.BEGIN)
            self._cursor.execute(sql, parameters)
            row: Row | None = self._cursor.fetchone()
        except self._errors as error:
            raise sqlite.translate(error) from error
        return row

    def rows(self, sql: str, parameters: Sequence[Any]) -> Iterator[Row]:
        """Run a reading statement and return its rows one by one."""
        try:
            self._begin(sqlite.BEGIN)
            cursor: Any = self._pooled.cursor()
            try:
                cursor.execute(sql, parameters)
                yield from cursor
            finally:
                cursor.close()
        except self._errors as error:
            raise sqlite.translate(error) from error

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a writing statement for every row of parameters."""
        try:
            self._begin(sqlite.BEGIN_WRITE)
            self._cursor.executemany(sql, rows)
        except self._errors as error:
            raise sqlite.translate(error) from error

    def commit(self) -> None:
        """Make everything since the last end durable; returns when it is."""
        if not self._in_transaction:
            return
        try:
            self._pooled.commit()
        except self._errors as error:
            raise sqlite.translate(error) from error
        self._in_transaction = False

    def rollback(self) -> None:
        """Forget everything since the last end."""
        self._in_transaction = False
        try:
            self._pooled.rollback()
        except self._errors as error:
            raise sqlite.translate(error) from error

    def close(self) -> None:
        """Roll back what is open and close the connection."""
        self.rollback()
        self._cursor.close()
        self._pooled.close()

    def _begin(self, begin: str) -> None:
        if not self._in_transaction:
            self._cursor.execute(begin)
            self._in_transaction = True
