"""The database of one node: opening it, its schema, its units of work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from adapters.db.connection import StoreConnection
from adapters.db.database import Database
from adapters.db.schema import ensure_schema
from adapters.db.shape import TableShape
from adapters.db.sqlite import Sqlite
from adapters.db.statements import TableStatements
from adapters.db.unit import SqlUnitOfWork
from clearing.ports import TableSpec


class SqlStore:
    """The store port over a SQL database.

    ``database`` is one of a product, or the path of an SQLite file, created with its folder
    where missing, or ``":memory:"``. The tables of ``specs`` are created in a new database; one
    of an older version is migrated where ``line`` names the migrations (``"care"``); any other
    is refused with ``Rejected`` (``schema_mismatch``) and left as it is. Used from one thread at
    a time, not necessarily the one that opened it. Other processes may use the same database
    meanwhile.
    """

    def __init__(
        self,
        database: Database | Path | str,
        specs: Sequence[TableSpec],
        *,
        line: str | None = None,
    ) -> None:
        if isinstance(database, Path | str):
            database = Sqlite(database)
        self._engine = database.open_engine()
        metadata = sa.MetaData()
        shapes = [TableShape(spec) for spec in specs]
        self._statements = {
            shape.record: TableStatements(shape, metadata, database) for shape in shapes
        }
        if len(self._statements) != len(shapes):
            raise ValueError("a record type is kept in one table only")
        try:
            ensure_schema(self._engine, database, metadata, shapes, line)
            self._connection = StoreConnection(self._engine, database)
        except BaseException:
            self._engine.dispose()
            raise
        self._unit: SqlUnitOfWork | None = None
        self._open = True

    def begin(self) -> SqlUnitOfWork:
        """Start a transaction. Raises ``RuntimeError`` while another is under way."""
        if not self._open:
            raise RuntimeError("the store is closed")
        if self._unit is not None:
            raise RuntimeError("the last unit of work has not ended")
        self._unit = SqlUnitOfWork(self._connection, self._statements, self._unit_ended)
        return self._unit

    def _unit_ended(self) -> None:
        self._unit = None

    def close(self) -> None:
        """Roll back what is open and release everything. A second call does nothing."""
        if not self._open:
            return
        self._open = False
        if self._unit is not None:
            self._unit.rollback()
        self._connection.close()
        self._engine.dispose()
